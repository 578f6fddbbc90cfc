"""Which recordings does a day hold?

Conversations come from analytics; their recordings from batch requests, which name those of a
hundred conversations at once, and from metadata where a batch leaves a question open. A day that
is settled is not asked about again.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.discovery import needs_all_metadata, reads_by_job
from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.gaps import counts_of_gaps
from recordings_pipeline.core.model import Conversation, Outcome
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.schemas import RECORDING_INDEX
from recordings_pipeline.core.settling import Evidence, unchecked, unsettled_because
from recordings_pipeline.core.standings import DayStanding
from recordings_pipeline.genesys import analytics
from recordings_pipeline.stages.discovery import Tally, discover
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.gaps import ask_about_gaps, explain_gaps
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.stages.naming import named, refresh_names
from recordings_pipeline.stages.orphans import orphans_told
from recordings_pipeline.stages.preflight import require_day
from recordings_pipeline.storage.tables import write_table

STAGE = "recording_index"


def index_day(export: Export, day: Day) -> StageReport:
    """List the day's recordings, give each an outcome, and publish the index.

    A settled day costs one call, to see whose it is: its table is published from the ledger. Only
    of a recording that should be there and is not, the source is asked again.

    Raises:
        PreflightFailed: Something is known to go wrong; nothing has moved.
    """
    measurement = Measurement(export.client)
    before = export.ledger.days.standing(day)
    if before is not None and before.is_settled:
        export.bind_organization()
        told = ask_about_gaps(export, day)
    else:
        told = _ask(export, day, require_day(export, day))
        refresh_names(export, export.ledger.index_rows(day))
    path = layout.table_path(STAGE, day)
    rows = named(export.ledger.index_rows(day), export.ledger.names.all())
    row_count = write_table(export.home.path(path), RECORDING_INDEX, rows)
    standing = export.ledger.days.standing(day)
    reasons = standing.reasons if standing else ()
    orphans, said = orphans_told(export, day)
    news = tuple(f"provisional: {reason}" for reason in reasons)
    return StageReport(
        STAGE,
        day,
        row_count,
        path,
        {**_counts(export, day), **orphans},
        measurement.taken(),
        warnings=(*news, *told, *said),
        provisional_because=reasons,
    )


def _ask(export: Export, day: Day, recorded_count: int) -> tuple[str, ...]:
    """Read the day's conversations, ask for their recordings, and say whether it is settled.

    A day is counted only where its recorded conversations alone are too few for a details job.

    Returns:
        What a person should know.

    Raises:
        MalformedPayload: The source tells of fewer conversations than it counts.
    """
    available_until = analytics.available_until(export.client)
    first, count = None, recorded_count
    if not reads_by_job(day, recorded_count, available_until):
        first = analytics.first_page(export.client, day)
        count = first[1]

    def by_job() -> Iterator[Conversation]:
        return analytics.conversations_by_job(export.client, day)

    def by_query() -> Iterator[Conversation]:
        return analytics.conversations(export.client, day, first)

    said: tuple[str, ...] = ()
    if not reads_by_job(day, count, available_until):
        tally = _discovered(export, day, by_query, count)
        # What the answers count beside the day's own may be among the recorded ones as well.
        _require_all(tally, recorded_count - max(count - tally.conversations, 0))
    else:
        tally = _discovered(export, day, by_job, count)
        if tally.recorded < recorded_count:
            told = f"a details job told of {tally.recorded} of {recorded_count}"
            said = (f"{told} recorded conversations: the day was read page by page instead",)
            tally = _discovered(export, day, by_query, count)
            _require_all(tally, recorded_count)
    return (*said, *_settle(export, day, tally, available_until))


def _discovered(
    export: Export, day: Day, conversations: Callable[[], Iterator[Conversation]], count: int
) -> Tally:
    """Ask for recordings; once more, and in full, where batches turn out to hide some."""
    is_wary = export.metadata != "always" and needs_all_metadata(export.ledger.learned())
    tally = discover(export, day, conversations(), count, reads_all=is_wary)
    is_alarmed = export.metadata != "always" and needs_all_metadata(export.ledger.learned())
    if is_alarmed and not is_wary:
        export.ledger.days.distrust_batches()
        tally = discover(export, day, conversations(), count, reads_all=True)
    return tally


def _require_all(tally: Tally, recorded_count: int) -> None:
    """Refuse a day of which the source tells less than it counts.

    Its pages add up to their own total by now, so that what has a medium without a recorded leg is
    given the benefit of the doubt.
    """
    if tally.candidates < recorded_count:
        raise MalformedPayload(
            "details query",
            f"tells of {tally.candidates} of {recorded_count} recorded conversations that the "
            "source counts: run the day again, then ask the vendor's support",
        )


def _settle(
    export: Export, day: Day, tally: Tally, available_until: datetime | None
) -> tuple[str, ...]:
    now = export.now()
    explained = explain_gaps(export, day, now)
    evidence = Evidence(
        now=now,
        available_until=available_until,
        open_count=tally.open,
        deferred_count=export.ledger.totals.counts(day).get(str(Outcome.DEFERRED), 0),
        pending_count=explained.pending,
        late_count=explained.late,
        latest_end=tally.latest_end,
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
    return (*explained.warnings, *unchecked(day, evidence))


def _counts(export: Export, day: Day) -> dict[str, int]:
    standing = export.ledger.days.standing(day)
    return {
        "conversations": standing.conversation_count if standing else 0,
        "open_conversations": standing.open_count if standing else 0,
        "is_settled": int(standing is not None and standing.is_settled),
        **counts_of_gaps(export.ledger.days.gaps(day)),
        **export.ledger.totals.counts(day),
    }
