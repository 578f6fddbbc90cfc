"""Everything that is known of a conversation's speech, in our own words, as JSON.

The names are those of the tables. ``start_ms`` counts from the start of its recording, that of a
recording from the start of the first one.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import msgspec

from recordings_pipeline.core.cast import Cast
from recordings_pipeline.core.interchange.written_json import written_json
from recordings_pipeline.core.speech import Speaker, Turn
from recordings_pipeline.core.spoken import Said, SpokenConversation, SpokenRecording

Json = dict[str, Any]


def plain_json(conversation: SpokenConversation, source: str | None = None) -> str:
    """Return a conversation with its recordings, phrases, words, turns and events.

    Args:
        conversation: What to write.
        source: Whose turns, ``transcript`` or ``audio``; without one all of them.
    """
    cast = Cast(conversation)
    return written_json(
        {
            "conversation_id": conversation.id,
            "date": conversation.day,
            "conversation_start_time": None
            if conversation.start is None
            else iso(conversation.start),
            "direction": conversation.direction,
            "queue_name": conversation.queue_name,
            "recordings": [
                _recording(recording, conversation.offset_ms(recording), cast, source)
                for recording in conversation.recordings
            ],
        }
    )


def _recording(recording: SpokenRecording, offset_ms: int, cast: Cast, source: str | None) -> Json:
    sources = [source] if source else sorted(recording.turns, reverse=True)
    return {
        "recording_id": recording.id,
        "communication_id": recording.communication_id,
        "start_time": iso(recording.start),
        "start_ms": offset_ms,
        "duration_ms": recording.length_ms,
        "files": [asdict(file) for file in recording.files],
        "phrases": [phrase_of(said, cast) for said in recording.said],
        "turns": [
            {"source": name, **turn_of(turn, cast)}
            for name in sources
            for turn in recording.turns_by(name)
        ],
        "events": [msgspec.structs.asdict(event) for event in recording.events],
    }


def phrase_of(said: Said, cast: Cast) -> Json:
    """Return a phrase with its speaker and words."""
    phrase = said.phrase
    return {
        "start_ms": phrase.start_ms,
        "end_ms": phrase.end_ms,
        "side": phrase.side,
        **_speaker(said.speaker, cast),
        "text": phrase.text,
        "decorated_text": phrase.decorated_text,
        "confidence": phrase.confidence,
        "language": phrase.language,
        "words": [
            {
                "word": word.text,
                "start_ms": word.start_ms,
                "end_ms": word.end_ms,
                "confidence": word.confidence,
            }
            for word in phrase.words
        ],
    }


def turn_of(turn: Turn, cast: Cast) -> Json:
    """Return a turn with its speaker."""
    return {
        "start_ms": turn.start_ms,
        "end_ms": turn.end_ms,
        "side": turn.side,
        **_speaker(turn.speaker, cast),
        "word_count": turn.word_count,
        "confidence": turn.confidence,
    }


def iso(instant: datetime) -> str:
    """Write an instant as RFC 3339 has it, in UTC with milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _speaker(speaker: Speaker, cast: Cast) -> Mapping[str, Any]:
    return {
        "speaker": cast.name(speaker),
        "speaker_role": speaker.role,
        "user_id": speaker.user_id,
        "is_ambiguous": speaker.is_ambiguous,
        "candidate_user_ids": list(speaker.candidates),
    }
