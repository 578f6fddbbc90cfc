"""Whether days settle in time, of all days.

Dagster's own freshness looks at when an asset was last materialized, whichever day that was: a
backfill of last year makes it look fresh, and an export from the command line does not. So the
ledger is asked.
"""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import dagster as dg

from recordings_pipeline.core.errors import RecordingsError
from recordings_pipeline.defs.options import ARCHIVE
from recordings_pipeline.defs.resources import Organization

if TYPE_CHECKING:
    from recordings_pipeline.core.freshness import Freshness
    from recordings_pipeline.core.place import Place


@dg.asset_check(
    asset=ARCHIVE.key,
    description=(
        "Yesterday was exported, and each day of the last month settled within four days of its "
        "end. Warns otherwise, and fails when none has settled for a week; says what to do."
    ),
)
def days_settle_in_time(organization: Organization) -> dg.AssetCheckResult:
    """Ask the ledger how days stand; asks the platform nothing."""
    now = datetime.now(UTC)
    try:
        found = _freshness(organization.place, now)
    except RecordingsError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    settled = {} if found.newest_settled is None else {"settled_until": str(found.newest_settled)}
    return dg.AssetCheckResult(
        passed=found.is_fresh,
        severity=(dg.AssetCheckSeverity.ERROR if found.is_alarming else dg.AssetCheckSeverity.WARN),
        description=found.text,
        metadata={"late_days": len(found.late), **settled},
    )


def _freshness(place: "Place", now: datetime) -> "Freshness":
    from recordings_pipeline.core.freshness import freshness
    from recordings_pipeline.storage.home import Home
    from recordings_pipeline.storage.ledger_place import has_ledger, open_ledger

    if not has_ledger(home := Home(place)):
        return freshness(now, [])
    with open_ledger(home) as ledger:
        return freshness(now, ledger.days.standings(date.min, date.max))
