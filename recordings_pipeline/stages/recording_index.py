"""Which recordings does a day hold?

Conversations come from analytics; their recordings from batch requests, which name those of a
hundred conversations at once, and from metadata where a batch leaves a question open. A day that
is settled is not asked about again.
"""

from datetime import datetime

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.discovery import reads_by_job
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.schemas import RECORDING_INDEX
from recordings_pipeline.core.settling import Evidence, is_old_enough, unsettled_because
from recordings_pipeline.core.standings import DayStanding
from recordings_pipeline.genesys import analytics
from recordings_pipeline.genesys.uploads import pending_conversations
from recordings_pipeline.stages.discovery import Tally, discover
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.stages.naming import named, refresh_names
from recordings_pipeline.stages.preflight import require_day
from recordings_pipeline.storage.tables import write_table

STAGE = "recording_index"


def index_day(export: Export, day: Day) -> StageReport:
    """List the day's recordings, give each an outcome, and publish the index.

    A settled day costs one call, to see whose it is: its table is published from the ledger.

    Raises:
        PreflightFailed: Something is known to go wrong; nothing has moved.
    """
    measurement = Measurement(export.client)
    before = export.ledger.days.standing(day)
    if before is not None and before.is_settled:
        export.bind_organization()
    else:
        require_day(export, day)
        _ask(export, day)
    path = layout.table_path(STAGE, day)
    known = refresh_names(export, export.ledger.index_rows(day))
    rows = named(export.ledger.index_rows(day), known)
    row_count = write_table(export.home.path(path), RECORDING_INDEX, rows)
    spent = measurement.taken()
    export.ledger.days.spent(day, spent.api_calls)
    return StageReport(STAGE, day, row_count, path, _counts(export, day), spent, _news(export, day))


def _ask(export: Export, day: Day) -> None:
    """Read the day's conversations, ask for their recordings, and say whether it is settled."""
    available_until = analytics.available_until(export.client)
    page, count = analytics.first_page(export.client, day)
    if reads_by_job(day, count, available_until):
        conversations = analytics.conversations_by_job(export.client, day)
    else:
        conversations = analytics.conversations(export.client, day, (page, count))
    tally = discover(export, day, conversations, count)
    _settle(export, day, tally, available_until)


def _settle(export: Export, day: Day, tally: Tally, available_until: datetime | None) -> None:
    now = export.now()
    pending = None
    if is_old_enough(day, now):
        found = pending_conversations(export.client, day.start)
        pending = len(export.ledger.days.asked(day, found))
    evidence = Evidence(
        now=now,
        available_until=available_until,
        open_count=tally.open,
        deferred_count=export.ledger.counts(day).get(str(Outcome.DEFERRED), 0),
        pending_count=pending,
    )
    reasons = unsettled_because(day, evidence)
    export.ledger.days.indexed(
        DayStanding(
            day=day,
            indexed_time=now,
            is_settled=not reasons,
            reasons=reasons,
            conversation_count=tally.conversations,
            open_count=tally.open,
        )
    )


def _counts(export: Export, day: Day) -> dict[str, int]:
    standing = export.ledger.days.standing(day)
    return {
        "conversations": standing.conversation_count if standing else 0,
        "open_conversations": standing.open_count if standing else 0,
        "is_settled": int(standing is not None and standing.is_settled),
        "unlisted_legs": export.ledger.days.unlisted_count(day),
        **export.ledger.counts(day),
    }


def _news(export: Export, day: Day) -> tuple[str, ...]:
    standing = export.ledger.days.standing(day)
    return tuple(f"provisional: {reason}" for reason in standing.reasons) if standing else ()
