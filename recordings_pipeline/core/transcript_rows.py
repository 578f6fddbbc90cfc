"""A transcript as rows of its three tables, column by column.

A day may have 30 million phrases with ten words each: a dictionary for each row would take longer
to fill than everything else. What is the same for many rows is named once, with their number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

from msgspec.structs import replace

from recordings_pipeline.core.pauses import SOURCE, Pause
from recordings_pipeline.core.speech import Speaker, SpeechEvent, Stretch, Transcript

HOLD = "hold"
_CONVERSATION = "conversation"
_US_PER_MS = 1_000


@dataclass(frozen=True, slots=True)
class Block:
    """Rows by their columns.

    Attributes:
        columns: A value for each row.
        repeated: Values that stand for several rows each.
        counts: For how many; the same for all repeated columns.
    """

    columns: dict[str, Sequence[Any]]
    repeated: dict[str, Sequence[Any]] = field(default_factory=dict)
    counts: Sequence[int] = ()


def phrase_rows(transcript: Transcript, speakers: Sequence[Speaker]) -> Block:
    """Return one row per phrase, in order of the transcript."""
    phrases = transcript.phrases
    starts_ms = [phrase.start_ms for phrase in phrases]
    columns: dict[str, Sequence[Any]] = {
        "transcript_id": [phrase.transcript_id for phrase in phrases],
        "phrase_index": [phrase.phrase_index for phrase in phrases],
        "side": [phrase.side for phrase in phrases],
        "purpose": [phrase.purpose for phrase in phrases],
        "speaker_role": [speaker.role for speaker in speakers],
        "user_id": [speaker.user_id for speaker in speakers],
        "is_ambiguous": [speaker.is_ambiguous for speaker in speakers],
        "candidate_user_ids": [speaker.candidates or None for speaker in speakers],
        "start_ms": starts_ms,
        "end_ms": [phrase.end_ms for phrase in phrases],
        "start_time": _instants(transcript, starts_ms),
        "text": [phrase.text for phrase in phrases],
        "decorated_text": [phrase.decorated_text or None for phrase in phrases],
        "confidence": [phrase.confidence for phrase in phrases],
        "stability": [phrase.stability for phrase in phrases],
        "word_count": [len(phrase.words) or len(phrase.text.split()) for phrase in phrases],
        "language": [phrase.language for phrase in phrases],
    }
    return Block(columns, _names(transcript, 1), [len(phrases)])


def word_rows(transcript: Transcript, speakers: Sequence[Speaker]) -> Block:
    """Return one row per word: phrase by phrase, in order of the transcript."""
    phrases = transcript.phrases
    words = list(chain.from_iterable([phrase.words for phrase in phrases]))
    if not words:
        return Block({"word": ()})
    counts = [len(phrase.words) for phrase in phrases]
    columns: dict[str, Sequence[Any]] = {
        "word_index": list(chain.from_iterable(map(range, counts))),
        "start_ms": [word.start_ms for word in words],
        "end_ms": [word.end_ms for word in words],
        "word": [word.text for word in words],
        "confidence": [word.confidence for word in words],
    }
    repeated = {
        **_names(transcript, len(phrases)),
        "transcript_id": [phrase.transcript_id for phrase in phrases],
        "phrase_index": [phrase.phrase_index for phrase in phrases],
        "side": [phrase.side for phrase in phrases],
        "speaker_role": [speaker.role for speaker in speakers],
        "user_id": [speaker.user_id for speaker in speakers],
    }
    return Block(columns, repeated, counts)


def event_rows(transcript: Transcript, events: Sequence[SpeechEvent]) -> Block:
    """Return one row per event."""
    if not events:
        return Block({"kind": ()})
    starts_ms = [event.start_ms for event in events]
    names = (
        *("kind", "source", "side", "end_ms", "name", "value", "text"),
        *("transcript_id", "phrase_index"),
    )
    columns: dict[str, Sequence[Any]] = {
        name: [getattr(event, name) for event in events] for name in names
    }
    columns |= {"start_ms": starts_ms, "start_time": _instants(transcript, starts_ms)}
    return Block(columns, _names(transcript, 1), [len(events)])


def all_events(
    transcript: Transcript, stretches: Sequence[Stretch], pauses: Iterable[Pause] = ()
) -> list[SpeechEvent]:
    """Return what the transcript noticed, and holds and pauses, ordered by start.

    Hold is told by the conversation's clock. What of it lies outside of the recording is cut off;
    none of it can be placed when the transcript does not say when the recording began. Pauses are
    told by the recording's own clock.
    """
    holds = (_hold(transcript, stretch) for stretch in stretches if stretch.kind == HOLD)
    found = {hold for hold in holds if hold is not None}
    found |= {SpeechEvent(p.kind, SOURCE, None, p.start_ms, p.end_ms) for p in pauses}
    return sorted([*transcript.events, *found], key=lambda event: (event.start_ms, event.kind))


def _hold(transcript: Transcript, stretch: Stretch) -> SpeechEvent | None:
    if transcript.start_epoch_ms is None:
        return None
    start_ms = stretch.start_epoch_ms - transcript.start_epoch_ms
    last_ms = transcript.duration_ms
    ended = stretch.end_epoch_ms
    end_ms = last_ms if ended is None else ended - transcript.start_epoch_ms
    if (end_ms is not None and end_ms <= 0) or (last_ms is not None and start_ms >= last_ms):
        return None
    hold = SpeechEvent(HOLD, _CONVERSATION, "internal", max(start_ms, 0), end_ms)
    return hold if last_ms is None or end_ms is None else replace(hold, end_ms=min(end_ms, last_ms))


def _names(transcript: Transcript, count: int) -> dict[str, Sequence[Any]]:
    return {
        "conversation_id": [transcript.conversation_id] * count,
        "communication_id": [transcript.communication_id] * count,
        "recording_id": [transcript.recording_id] * count,
    }


def _instants(transcript: Transcript, starts_ms: Sequence[int]) -> Sequence[int | None]:
    """Return instants as microseconds since 1970."""
    first_ms = transcript.start_epoch_ms
    if first_ms is None:
        return list(repeat(None, len(starts_ms)))
    return [(first_ms + start_ms) * _US_PER_MS for start_ms in starts_ms]
