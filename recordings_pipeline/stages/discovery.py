"""Asks the source which recordings conversations have, a hundred conversations at a time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from recordings_pipeline.core.completeness import (
    is_listing_due,
    outcome_when_listed,
    outcome_when_unlisted,
    retry_time_when_listed,
)
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.discovery import index_row, recordings_from_batch, unlisted_ids
from recordings_pipeline.core.model import Conversation, Media, Recording
from recordings_pipeline.core.settling import final_from
from recordings_pipeline.core.standings import (
    KnownConversation,
    Listed,
    ListedConversation,
    Standing,
)
from recordings_pipeline.genesys.client import BATCH_SIZE
from recordings_pipeline.stages.batches import completed_batch
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.threads import for_each

WORKERS = 3


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Conversations to ask about at once, and the recordings they had before, by conversation."""

    conversations: list[Conversation]
    known: Mapping[str, list[Standing]]


@dataclass(frozen=True, slots=True)
class Found:
    """What the source says of one conversation."""

    conversation: Conversation
    recordings: list[Recording]
    batch_id: str | None


@dataclass(slots=True)
class Tally:
    """What was counted while a day's conversations went by.

    Attributes:
        latest_end: When the last one ended; None without any.
    """

    conversations: int = 0
    open: int = 0
    asked: int = 0
    latest_end: datetime | None = None

    def count(self, conversation: Conversation) -> None:
        """Count one."""
        self.conversations += 1
        self.open += conversation.end is None
        ends = [end for end in (self.latest_end, conversation.end) if end is not None]
        self.latest_end = max(ends, default=None)


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
    known = export.ledger.days.conversations(day)
    standings = export.ledger.open_standings(day)
    due = _due(day, conversations, known, standings, tally)

    def keep(chunk: _Chunk, found: list[Found]) -> None:
        _keep(export, day, chunk, found)
        tally.asked += len(chunk.conversations)
        export.progress("recording_index", tally.asked, max(expected, tally.asked))

    chunks = _chunks(export, due, known)
    for_each(chunks, lambda chunk: _look(export, chunk), keep, workers=WORKERS, stop=export.stop)
    return tally


def _due(
    day: Day,
    conversations: Iterable[Conversation],
    known: dict[str, KnownConversation],
    waiting: dict[str, list[Standing]],
    tally: Tally,
) -> Iterator[Conversation]:
    for conversation in conversations:
        tally.count(conversation)
        before = known.get(conversation.id)
        verdicts = [standing.verdict for standing in waiting.get(conversation.id, ())]
        asked = before.asked if before else None
        final = final_from(day, conversation.end)
        if conversation.may_have_recordings and is_listing_due(final, asked, verdicts):
            yield conversation


def _chunks(
    export: Export, conversations: Iterator[Conversation], asked: Mapping[str, KnownConversation]
) -> Iterator[_Chunk]:
    """Yield a hundred conversations at a time; what is known of them is read in this thread."""
    while chunk := list(islice(conversations, BATCH_SIZE)):
        again = [conversation.id for conversation in chunk if conversation.id in asked]
        yield _Chunk(chunk, export.ledger.standings_in(again))


def _look(export: Export, chunk: _Chunk) -> list[Found]:
    """Ask about some conversations; runs in a thread and touches no ledger."""
    if export.metadata == "always":
        return [Found(c, export.client.recordings(c.id), None) for c in chunk.conversations]
    batch_id, media = completed_batch(export, [c.id for c in chunk.conversations])
    by_conversation: dict[str, list[Media]] = {}
    for item in media:
        by_conversation.setdefault(item.conversation_id, []).append(item)
    found = []
    for conversation in chunk.conversations:
        known = frozenset(s.recording_id for s in chunk.known.get(conversation.id, ()))
        delivered = by_conversation.get(conversation.id, ())
        told = recordings_from_batch(conversation, delivered, known)
        recordings = export.client.recordings(conversation.id) if told is None else told
        found.append(Found(conversation, recordings, batch_id))
    return found


def _keep(export: Export, day: Day, chunk: _Chunk, found: list[Found]) -> None:
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
        recordings += _gone(chunk.known.get(item.conversation.id, ()), item.recordings)
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


def _gone(known: Iterable[Standing], listed: Iterable[Recording]) -> Iterator[Listed]:
    """Yield what the source listed before and does not list any more."""
    ids = {recording.id for recording in listed}
    for standing in known:
        verdict = outcome_when_unlisted(standing.verdict)
        if standing.recording_id not in ids and verdict != standing.verdict:
            yield Listed(standing.row, verdict)
