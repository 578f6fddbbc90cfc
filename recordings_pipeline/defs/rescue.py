"""The rescue list: of all days, so without a partition."""

from typing import TYPE_CHECKING

import dagster as dg

from recordings_pipeline.core.errors import Interrupted, RecordingsError
from recordings_pipeline.defs.metadata import spent_metadata
from recordings_pipeline.defs.options import API_POOL, table_options
from recordings_pipeline.defs.resources import Organization

if TYPE_CHECKING:
    from recordings_pipeline.stages.rescue_list import RescueReport

_NOTHING = "nothing_to_rescue"


@dg.asset(
    **table_options("rescue_list", asks=True),
    pool=API_POOL,
    check_specs=[
        dg.AssetCheckSpec(
            _NOTHING,
            asset="rescue_list",
            description=(
                "The source archives or deletes nothing soon that was not exported. What it does "
                "is in the table, with the time that is left: export those days, or replay what "
                "failed of them, before."
            ),
        )
    ],
)
def rescue_list(organization: Organization) -> dg.MaterializeResult:
    """Recordings that the source archives or deletes soon, and that were not exported.

    One row per recording, the most urgent first. RECORDINGS_RESCUE_DAYS says what soon is.
    """
    from recordings_pipeline.stages.rescue_list import list_rescues

    try:
        with organization.export() as export:
            report = list_rescues(export)
    except Interrupted:
        raise
    except RecordingsError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    count = len(report.rescues)
    check = dg.AssetCheckResult(
        check_name=_NOTHING,
        passed=not count and report.is_whole,
        # What is gone at the source cannot be had again: somebody is to be told.
        severity=dg.AssetCheckSeverity.ERROR if count else dg.AssetCheckSeverity.WARN,
        description=_what_to_do(report) if count or not report.is_whole else None,
        metadata={"to_rescue": count, "is_whole": report.is_whole},
    )
    metadata = {"dagster/row_count": count, **spent_metadata(report.throughput)}
    return dg.MaterializeResult(metadata=metadata, check_results=[check])


def _what_to_do(report: "RescueReport") -> str:
    if not report.rescues:
        return "the source told of its first recordings only: more may be in danger"
    first = report.rescues[0]
    return (
        f"{len(report.rescues)} recordings are not exported, the first is {first.ending} "
        f"{first.ending_time:%Y-%m-%d %H:%M} UTC: export their days, or see in the table why each "
        "is not exported"
    )
