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
from recordings_pipeline.core.discovery import (
    index_row,
    learned_from,
    recordings_from_batch,
    unlisted_ids,
)
from recordings_pipeline.core.model import Conversation, Media, Recording
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
class Found:
    """What the source says of one conversation."""

    conversation: Conversation
    recordings: list[Recording]
    batch_id: str | None
    learned: frozenset[str] = frozenset()


@dataclass(slots=True)
class Tally:
    """What was counted while a day's conversations went by."""

    conversations: int = 0
    open: int = 0
    asked: int = 0


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
    known = export.ledger.days.conversations(day)
    standings = export.ledger.open_standings(day)
    told = export.ledger.told_by_batch(day) if reads_all else frozenset()
    due = _due(conversations, known, standings, told, tally)
    by_metadata = reads_all or export.metadata == "always"

    def keep(chunk: list[Conversation], found: list[Found]) -> None:
        _keep(export, day, found)
        tally.asked += len(chunk)
        export.progress("recording_index", tally.asked, max(expected, tally.asked))

    for_each(
        _chunks(due),
        lambda chunk: _by_metadata(export, chunk) if by_metadata else _by_batch(export, chunk),
        keep,
        workers=WORKERS,
        stop=export.stop,
    )
    return tally


def _due(
    conversations: Iterable[Conversation],
    known: dict[str, KnownConversation],
    waiting: dict[str, list[Standing]],
    told: frozenset[str],
    tally: Tally,
) -> Iterator[Conversation]:
    for conversation in conversations:
        tally.conversations += 1
        tally.open += conversation.end is None
        before = known.get(conversation.id)
        verdicts = [standing.verdict for standing in waiting.get(conversation.id, ())]
        asked = before.asked if before else None
        is_due = conversation.id in told or is_listing_due(
            conversation.end, asked, verdicts, has_gap=bool(before and before.unlisted_ids)
        )
        if conversation.may_have_recordings and is_due:
            yield conversation


def _chunks(conversations: Iterator[Conversation]) -> Iterator[list[Conversation]]:
    while chunk := list(islice(conversations, BATCH_SIZE)):
        yield chunk


def _by_metadata(export: Export, chunk: list[Conversation]) -> list[Found]:
    """Ask about each conversation; runs in a thread and touches no ledger."""
    return [Found(c, export.client.recordings(c.id), None) for c in chunk]


def _by_batch(export: Export, chunk: list[Conversation]) -> list[Found]:
    """Ask about all at once, then about the odd ones; runs in a thread, touches no ledger."""
    batch_id, media = completed_batch(export, [conversation.id for conversation in chunk])
    by_conversation: dict[str, list[Media]] = {}
    for item in media:
        by_conversation.setdefault(item.conversation_id, []).append(item)
    found = []
    for conversation in chunk:
        results = by_conversation.get(conversation.id, [])
        told = recordings_from_batch(conversation, results)
        if told is not None:
            found.append(Found(conversation, told, batch_id))
            continue
        listed = export.client.recordings(conversation.id)
        ids = {item.recording_id for item in results}
        learned = learned_from(conversation, listed, ids) if media else frozenset()
        found.append(Found(conversation, listed, batch_id, learned))
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
    export.ledger.learn(frozenset().union(*(item.learned for item in found)))
