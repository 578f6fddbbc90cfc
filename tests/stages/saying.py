"""Published tables of a day about speech, for tests of what is made from them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from recordings_pipeline.core.layout import table_path
from recordings_pipeline.core.speech import Stretch
from recordings_pipeline.core.speech_schemas import (
    AUDIO_CHANNELS,
    SPEECH_EVENTS,
    TRANSCRIPTS,
    VOICE_ACTIVITY,
)
from recordings_pipeline.core.standings import ListedConversation
from recordings_pipeline.core.stretches import stretches_as_text
from recordings_pipeline.stages.export import Export
from tests.listing import START, discovered
from tests.stages.conftest import DAY
from tests.unchecked import write_unchecked

START_MS = round(START.timestamp() * 1_000)
R1, R2, R3 = (str(UUID(int=number)) for number in (101, 102, 103))
SCHEMAS = {s.name: s for s in (TRANSCRIPTS, SPEECH_EVENTS, VOICE_ACTIVITY, AUDIO_CHANNELS)}

Row = dict[str, Any]


def list_calls(export: Export, calls: dict[str, list[str]], *stretches: Stretch) -> None:
    """Have calls of a minute with their recordings in the ledger, all with the same course."""
    end = datetime.fromtimestamp(START_MS / 1_000 + 60, UTC)
    text = stretches_as_text(stretches)
    found = [
        ListedConversation(id_, end, None, (), tuple(map(discovered, ids)), text)
        for id_, ids in calls.items()
    ]
    export.ledger.listed(DAY, end, found)


def publish(export: Export, **tables: list[Row]) -> None:
    """Publish tables of the day as they are given."""
    for name, rows in tables.items():
        write_unchecked(export.home.path(table_path(name, DAY)), SCHEMAS[name], rows)


def phrase(call: str, recording: str, role: str, start_s: float, end_s: float, **more: Any) -> Row:  # noqa: ANN401
    start_ms, end_ms = round(start_s * 1_000), round(end_s * 1_000)
    return {
        "conversation_id": call,
        "communication_id": "leg",
        "recording_id": recording,
        "transcript_id": "run",
        "phrase_index": 0,
        "side": "external" if role == "customer" else "internal",
        "speaker_role": role,
        "user_id": "a" if role == "agent" else None,
        "is_ambiguous": False,
        "start_ms": start_ms,
        "end_ms": end_ms,
        "start_time": datetime.fromtimestamp((START_MS + start_ms) / 1_000, UTC),
        "text": "yes",
        "word_count": 10,
        "confidence": 0.9,
        **more,
    }


def burst(call: str, recording: str, channel: int, start_s: float, end_s: float) -> Row:
    return {
        "conversation_id": call,
        "communication_id": "leg",
        "recording_id": recording,
        "file_number": 1,
        "channel": channel,
        "start_ms": round(start_s * 1_000),
        "end_ms": round(end_s * 1_000),
    }


def channel(call: str, recording: str, number: int, side: str | None, **more: Any) -> Row:  # noqa: ANN401
    return {
        "conversation_id": call,
        "recording_id": recording,
        "file_number": 1,
        "channel": number,
        "side": side,
        "duration_ms": 60_000,
        "detector": "energy 1",
        "is_dual_mono": False,
        "sha256": "0" * 64,
        **more,
    }
