"""The platform's transcript file, read into phrases.

Every member of the file may be absent; offsets come in three spellings. What cannot be understood
is counted, never dropped in silence.

Source: shared transcript schema of the developer centre (``transcript-url``), and files seen by
public clients of the platform.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.model import Participant, Phrase, Transcript

Json = Mapping[str, Any]

INTERNAL_PURPOSES = frozenset({"agent", "user", "internal", "ivr", "acd", "voicemail", "fax"})


def transcript(payload: object, conversation_id: str, communication_id: str) -> Transcript:
    """Read one transcript file.

    Args:
        payload: The decoded file.
        conversation_id: The conversation it was asked for.
        communication_id: The communication it was asked for.

    Raises:
        MalformedPayload: It is no object, or speaks of another conversation.
    """
    if not isinstance(payload, Mapping):
        raise MalformedPayload("transcript file", "is not an object")
    if payload.get("conversationId", conversation_id) != conversation_id:
        raise MalformedPayload("transcript file", "belongs to another conversation")
    runs = _mappings(payload.get("transcripts"))
    candidates = [(run, item) for run in runs for item in _entries(run.get("phrases"))]
    phrases = [phrase for run, item in candidates if (phrase := _phrase(run, item)) is not None]
    return Transcript(
        conversation_id=conversation_id,
        communication_id=communication_id,
        language=next((str(run["language"]) for run in runs if run.get("language")), None),
        participants=tuple(_participant(p) for p in _mappings(payload.get("participants"))),
        phrases=tuple(sorted(phrases, key=lambda p: (p.start_ms, p.end_ms, p.phrase_index))),
        unreadable_count=len(candidates) - len(phrases),
    )


def _phrase(run: Json, item: object) -> Phrase | None:
    """Return the phrase, or None where it has no place on the clock."""
    if not isinstance(item, Mapping):
        return None
    start_ms = _offset_ms(run, item)
    if start_ms is None or start_ms < 0:
        return None
    purpose = str(item.get("participantPurpose") or "unknown")
    return Phrase(
        transcript_id=str(run.get("transcriptId") or ""),
        phrase_index=_integer(item.get("phraseIndex")) or 0,
        side="internal" if purpose in INTERNAL_PURPOSES else "external",
        start_ms=start_ms,
        end_ms=start_ms + max(_milliseconds(item, "duration") or 0, 0),
        spoken_at_ms=_integer(item.get("startTimeMs")),
        text=str(item.get("text") or ""),
        decorated_text=str(item.get("decoratedText") or ""),
        confidence=_fraction(item.get("confidence")),
        word_count=_word_count(item),
    )


def _offset_ms(run: Json, item: Json) -> int | None:
    offset = _milliseconds(item, "offset")
    if offset is not None:
        return offset
    spoken, started = _integer(item.get("startTimeMs")), _integer(run.get("startTime"))
    return None if spoken is None or started is None else spoken - started


def _milliseconds(item: Json, name: str) -> int | None:
    value = item.get(name)
    if isinstance(value, Mapping):
        return _integer(value.get("milliseconds"))
    return _integer(item.get(f"{name}Ms"))


def _word_count(item: Json) -> int:
    words = item.get("words")
    return len(words) if isinstance(words, list) and words else len(str(item.get("text")).split())


def _participant(item: Json) -> Participant:
    return Participant(
        purpose=str(item.get("participantPurpose") or "unknown"),
        user_id=item.get("userId"),
        start_ms=_integer(item.get("startTimeMs")),
        end_ms=_integer(item.get("endTimeMs")),
    )


def _mappings(value: object) -> list[Json]:
    return [item for item in _entries(value) if isinstance(item, Mapping)]


def _entries(value: object) -> Iterator[object]:
    yield from value if isinstance(value, list) else ()


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _fraction(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
