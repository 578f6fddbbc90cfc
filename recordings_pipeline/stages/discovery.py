"""Asks the source which recordings conversations have, a hundred conversations at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from recordings_pipeline.core.completeness import (
    is_listing_due,
    outcome_when_listed,
    retry_time_when_listed,
)
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.discovery import index_row, recordings_from_batch, unlisted_ids
from recordings_pipeline.core.model import Conversation, Media, Recording
from recordings_pipeline.core.standings import (
    Listed,
    ListedConversation,
)
from recordings_pipeline.genesys.client import BATCH_SIZE
from recordings_pipeline.stages.batches import completed_batch
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.threads import for_each

WORKERS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What the source says of one conversation."""

    conversation: Conversation
    recordings: list[Recording]
    batch_id: str | None


@dataclass(slots=True)
class Tally:
    """What was counted while a day's conversations went by."""

    conversations: int = 0
    open: int = 0
    asked: int = 0


def discover(
    export: Export, day: Day, conversations: Iterable[Conversation], expected: int
) -> Tally:
    """Ask about every conversation that may have changed, and keep what was listed.

    Args:
        export: The export at work.
        day: The day.
        conversations: Its conversations, in any order; they are read as they are needed.
        expected: How many there are likely to be, for progress.
    """
    tally = Tally()
    due = _due(export, day, iter(conversations), tally)

    def keep(chunk: list[Conversation], found: list[Found]) -> None:
        _keep(export, day, found)
        tally.asked += len(chunk)
        export.progress("recording_index", tally.asked, max(expected, tally.asked))

    for_each(
        _chunks(due), lambda chunk: _look(export, chunk), keep, workers=WORKERS, stop=export.stop
    )
    return tally


def _due(
    export: Export, day: Day, conversations: Iterator[Conversation], tally: Tally
) -> Iterator[Conversation]:
    """Yield what is to be asked about; what is known is looked up a hundred at a time."""
    waiting = export.ledger.deferred(day)
    for chunk in _chunks(conversations):
        known = export.ledger.days.asked(day, [conversation.id for conversation in chunk])
        for conversation in chunk:
            tally.conversations += 1
            tally.open += conversation.end is None
            asked, verdicts = known.get(conversation.id), waiting.get(conversation.id, ())
            is_due = is_listing_due(conversation.end, asked, verdicts)
            if conversation.may_have_recordings and is_due:
                yield conversation


def _chunks(conversations: Iterator[Conversation]) -> Iterator[list[Conversation]]:
    while chunk := list(islice(conversations, BATCH_SIZE)):
        yield chunk


def _look(export: Export, chunk: list[Conversation]) -> list[Found]:
    """Ask about some conversations; runs in a thread and touches no ledger."""
    if export.metadata == "always":
        return [Found(c, export.client.recordings(c.id), None) for c in chunk]
    batch_id, media = completed_batch(export, [conversation.id for conversation in chunk])
    by_conversation: dict[str, list[Media]] = {}
    for item in media:
        by_conversation.setdefault(item.conversation_id, []).append(item)
    found = []
    for conversation in chunk:
        told = recordings_from_batch(conversation, by_conversation.get(conversation.id, ()))
        recordings = export.client.recordings(conversation.id) if told is None else told
        found.append(Found(conversation, recordings, batch_id))
    return found


def _keep(export: Export, day: Day, found: list[Found]) -> None:
    now = export.now()
    ids = [recording.id for item in found for recording in item.recordings]
    known = export.ledger.standings_of(ids)
    listed = []
    for item in found:
        recordings = []
        for recording in item.recordings:
            before = known.get(recording.id)
            verdict = outcome_when_listed(
                recording, before.verdict if before else None, export.exported_media
            )
            row = index_row(item.conversation, recording, before.row if before else None)
            recordings.append(Listed(row, verdict, retry_time_when_listed(verdict, before, now)))
        listed.append(
            ListedConversation(
                conversation_id=item.conversation.id,
                ended=item.conversation.end,
                batch_id=item.batch_id,
                unlisted_ids=unlisted_ids(item.conversation, item.recordings),
                recordings=tuple(recordings),
            )
        )
    export.ledger.listed(day, now, listed)
