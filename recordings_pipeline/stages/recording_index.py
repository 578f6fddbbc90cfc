"""Which recordings does a day hold?

Conversations come from analytics, recordings from one metadata question per conversation: there is
no list of recordings by date. A conversation that was asked about two days after its end is
settled and not asked again, unless one of its recordings is deferred.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.completeness import (
    counts_by_outcome,
    is_listing_due,
    outcome_when_listed,
    retry_time_when_listed,
)
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Conversation, Recording
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.schemas import RECORDING_INDEX
from recordings_pipeline.core.standings import Listed, Standing
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.stages.preflight import require_day
from recordings_pipeline.stages.threads import for_each
from recordings_pipeline.storage.tables import write_table

STAGE = "recording_index"
WORKERS = 6


def index_day(export: Export, day: Day) -> StageReport:
    """List the day's recordings, give each an outcome, and publish the index.

    Raises:
        PreflightFailed: Something is known to go wrong; nothing has moved.
    """
    measurement = Measurement(export.client)
    require_day(export, day)
    conversations = list(export.client.conversations(day))
    without = _ask(export, day, conversations)
    standings = export.ledger.standings(day)
    path = layout.table_path(STAGE, day)
    rows = sorted(
        (standing.row for standing in standings.values()),
        key=lambda row: (row["conversation_start_time"], row["recording_id"]),
    )
    row_count = write_table(export.home.path(path), RECORDING_INDEX, rows)
    verdicts = [standing.verdict for standing in standings.values()]
    counts = {
        "conversations": len(conversations),
        "open_conversations": sum(c.end is None for c in conversations),
        **counts_by_outcome(verdicts),
    }
    return StageReport(STAGE, day, row_count, path, counts, measurement.taken(), _warnings(without))


def _ask(export: Export, day: Day, conversations: list[Conversation]) -> int:
    """Ask for the recordings of what may have changed; return how many had none."""
    known = export.ledger.standings(day)
    open_questions = _open_questions(export, day, conversations, known)
    done = 0
    without = 0

    def work(conversation: Conversation) -> tuple[datetime, list[Recording]]:
        now = export.now()
        return now, export.client.recordings(conversation.id)

    def keep(conversation: Conversation, answer: tuple[datetime, list[Recording]]) -> None:
        nonlocal done, without
        now, recordings = answer
        found = [_listed(conversation, item, known.get(item.id), now) for item in recordings]
        export.ledger.listed(day, conversation.id, now, found)
        without += not recordings
        done += 1
        export.progress(STAGE, done, len(open_questions))

    for_each(open_questions, work, keep, workers=WORKERS, stop=export.stop)
    return without


def _open_questions(
    export: Export, day: Day, conversations: list[Conversation], known: dict[str, Standing]
) -> list[Conversation]:
    asked = export.ledger.asked_times(day)
    verdicts = defaultdict(list)
    for standing in known.values():
        verdicts[standing.conversation_id].append(standing.verdict)
    return [c for c in conversations if is_listing_due(c.end, asked.get(c.id), verdicts[c.id])]


def _listed(
    conversation: Conversation, recording: Recording, known: Standing | None, now: datetime
) -> Listed:
    verdict = outcome_when_listed(recording, None if known is None else known.verdict)
    retry_time = retry_time_when_listed(verdict, known, now)
    return Listed(_row(conversation, recording), verdict, retry_time)


def _warnings(without: int) -> tuple[str, ...]:
    if not without:
        return ()
    return (
        (
            f"{without} conversations say that they were recorded, but list no recording (yet): "
            "they are asked again until two days after their end"
        ),
    )


def _row(conversation: Conversation, recording: Recording) -> dict[str, Any]:
    return {
        "recording_id": recording.id,
        "conversation_id": conversation.id,
        "communication_id": recording.communication_id,
        "media": recording.media,
        "media_subtype": recording.media_subtype,
        "file_state": recording.file_state,
        "conversation_start_time": conversation.start,
        "conversation_end_time": conversation.end,
        "is_open": conversation.end is None,
        "direction": conversation.direction,
        "queue_id": conversation.queue_id,
        "agent_user_id": next(iter(conversation.agent_ids), None),
        "agent_count": len(conversation.agent_ids),
        "participant_count": conversation.participant_count,
        "archive_time": recording.archive_time,
        "delete_time": recording.delete_time,
    }
