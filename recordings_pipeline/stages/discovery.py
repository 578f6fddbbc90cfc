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
from recordings_pipeline.core.discovery import (
    index_row,
    learned_from,
    recordings_from_batch,
    unlisted_ids,
)
from recordings_pipeline.core.model import Conversation, Media, Recording, Verdict
from recordings_pipeline.core.refusals import was_refused
from recordings_pipeline.core.settling import final_from
from recordings_pipeline.core.standings import (
    KnownConversation,
    Listed,
    ListedConversation,
    Standing,
)
from recordings_pipeline.genesys.client import BATCH_SIZE
from recordings_pipeline.stages.batches import completed_batches
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.threads import for_each

# A batch is mostly waited for, and each holds a hundred conversations in memory.
BATCHES = 3


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Conversations to ask about at once, and the recordings they had before, by conversation."""

    conversations: list[Conversation]
    known: Mapping[str, list[Standing]]

    def was_refused(self, conversation_id: str) -> bool:
        """Say whether requests were refused for the sake of a conversation before."""
        return any(was_refused(found.verdict) for found in self.known.get(conversation_id, ()))


@dataclass(frozen=True, slots=True)
class Found:
    """What the source says of one conversation."""

    conversation: Conversation
    recordings: list[Recording]
    batch_id: str | None
    learned: frozenset[str] = frozenset()


@dataclass(slots=True)
class Tally:
    """What was counted while a day's conversations went by.

    Attributes:
        recorded: Those with a leg that says it was recorded.
        candidates: Those that may have recordings, whether or not a leg says so.
        latest_end: When the last one ended; None without any.
    """

    conversations: int = 0
    recorded: int = 0
    candidates: int = 0
    open: int = 0
    asked: int = 0
    latest_end: datetime | None = None

    def count(self, conversation: Conversation) -> None:
        """Count one."""
        self.conversations += 1
        self.recorded += conversation.is_recorded
        self.candidates += conversation.may_have_recordings
        self.open += conversation.end is None
        ends = [end for end in (self.latest_end, conversation.end) if end is not None]
        self.latest_end = max(ends, default=None)


@dataclass(frozen=True, slots=True)
class _Due:
    """A conversation to ask about, and whether it was asked about before."""

    conversation: Conversation
    is_known: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ledger knows of a whole day before it is asked about.

    Attributes:
        waiting: Recordings that wait for the source, by conversation.
        told_by_batch: Conversations whose metadata is to be read now.
    """

    day: Day
    waiting: Mapping[str, list[Verdict]]
    told_by_batch: frozenset[str]

    def is_due(self, conversation: Conversation, before: KnownConversation | None) -> bool:
        """Say whether the source is to be asked about a conversation."""
        return conversation.id in self.told_by_batch or is_listing_due(
            final_from(self.day, conversation.end),
            before.asked if before else None,
            self.waiting.get(conversation.id, ()),
            has_gap=bool(before and before.unlisted_ids),
        )


def discover(
    export: Export,
    day: Day,
    conversations: Iterable[Conversation],
    expected: int,
    *,
    reads_all: bool = False,
) -> Tally:
    """Ask about every conversation that may have changed, and keep what was listed.

    Args:
        export: The export at work.
        day: The day.
        conversations: Its conversations, in any order; they are read as they are needed.
        expected: How many there are likely to be, for progress.
        reads_all: Read metadata, also of conversations of which only a batch has told so far.
    """
    tally = Tally()
    waiting = export.ledger.deferred(day)
    known = _Known(day, waiting, export.ledger.told_by_batch(day) if reads_all else frozenset())
    due = _due(export, known, iter(conversations), tally)
    by_metadata = reads_all or export.metadata == "always"

    def keep(chunk: _Chunk, found: list[Found]) -> None:
        _keep(export, day, chunk, found)
        tally.asked += len(chunk.conversations)
        export.reached("recording_index", tally.asked, max(expected, tally.asked))

    for_each(
        _chunks(export, due),
        lambda chunk: _by_metadata(export, chunk) if by_metadata else _by_batch(export, chunk),
        keep,
        workers=export.api_connections if by_metadata else BATCHES,
        stop=export.stop,
    )
    return tally


def _due(
    export: Export, known: _Known, conversations: Iterator[Conversation], tally: Tally
) -> Iterator[_Due]:
    """Yield what is to be asked about; what is known is looked up a hundred at a time."""
    while chunk := list(islice(conversations, BATCH_SIZE)):
        ids = [conversation.id for conversation in chunk]
        before, erased = export.ledger.days.known(known.day, ids), export.ledger.erasures.among(ids)
        for conversation in chunk:
            tally.count(conversation)
            if conversation.id in erased:
                continue
            asked = before.get(conversation.id)
            if conversation.may_have_recordings and known.is_due(conversation, asked):
                yield _Due(conversation, is_known=asked is not None)


def _chunks(export: Export, due: Iterator[_Due]) -> Iterator[_Chunk]:
    """Yield a hundred conversations at a time; what is known of them is read in this thread."""
    while chunk := list(islice(due, BATCH_SIZE)):
        again = [item.conversation.id for item in chunk if item.is_known]
        yield _Chunk([item.conversation for item in chunk], export.ledger.standings_in(again))


def _by_metadata(export: Export, chunk: _Chunk) -> list[Found]:
    """Ask about each conversation; runs in a thread and touches no ledger."""
    return [Found(c, export.client.recordings(c.id), None) for c in chunk.conversations]


def _by_batch(export: Export, chunk: _Chunk) -> list[Found]:
    """Ask about all at once, then about the odd ones; runs in a thread, touches no ledger."""
    conversations = {conversation.id: conversation for conversation in chunk.conversations}
    refused = [id_ for id_ in conversations if chunk.was_refused(id_)]
    fresh = [id_ for id_ in conversations if id_ not in refused]
    found = []
    for asked, media in completed_batches(export, fresh):
        if asked.verdict is not None:
            refused += asked.conversation_ids
            continue
        its = [conversations[id_] for id_ in asked.conversation_ids]
        found += _of_batch(export, _Chunk(its, chunk.known), asked.batch_id, media)
    # Metadata tells of what a batch is refused for: the audio stage says how it stands.
    alone = [conversations[id_] for id_ in refused]
    return found + _by_metadata(export, _Chunk(alone, chunk.known))


def _of_batch(export: Export, chunk: _Chunk, batch_id: str, media: list[Media]) -> list[Found]:
    by_conversation: dict[str, list[Media]] = {}
    for item in media:
        by_conversation.setdefault(item.conversation_id, []).append(item)
    found = []
    for conversation in chunk.conversations:
        known = frozenset(s.recording_id for s in chunk.known.get(conversation.id, ()))
        results = by_conversation.get(conversation.id, [])
        told = recordings_from_batch(conversation, results, known)
        if told is not None:
            found.append(Found(conversation, told, batch_id))
            continue
        listed = export.client.recordings(conversation.id)
        ids = {item.recording_id for item in results}
        learned = learned_from(conversation, listed, ids) if media else frozenset()
        found.append(Found(conversation, listed, batch_id, learned))
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
                stretches=item.conversation.stretches,
            )
        )
    export.ledger.listed(day, now, listed)
    export.ledger.learn(frozenset().union(*(item.learned for item in found)))


def _gone(known: Iterable[Standing], listed: Iterable[Recording]) -> Iterator[Listed]:
    """Yield what the source listed before and does not list any more."""
    ids = {recording.id for recording in listed}
    for standing in known:
        verdict = outcome_when_unlisted(standing.verdict)
        if standing.recording_id not in ids and verdict != standing.verdict:
            yield Listed(standing.row, verdict)
