"""A day's tables as they lie in an archive, written without anybody being asked."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from recordings_pipeline.core import layout
from recordings_pipeline.core.columns import Schema
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.schemas import AUDIO_FILES, RECORDING_INDEX
from recordings_pipeline.core.speech_schemas import (
    DIARIZATION,
    SPEECH_EVENTS,
    TRANSCRIPTS,
    WORDS,
)
from recordings_pipeline.stages.archive import Archive, open_archive
from recordings_pipeline.storage.digests import digest_of
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger
from tests.listing import conversation as listed
from tests.listing import discovered
from tests.spoken import ANNA, BERT, CONVERSATION, FIRST, SECOND, START
from tests.unchecked import write_unchecked

DAY = Day.from_key("2026-01-31")
RATE = 8_000

Row = Mapping[str, Any]


def publish(archive: Archive, schema: Schema, rows: Iterable[Row]) -> None:
    write_unchecked(archive.home.path(layout.table_path(schema.name, DAY)), schema, rows)


def call(archive: Archive, text: str = "good morning") -> None:
    """Write a call of two recordings, the second 30 s later; of the first everything is known."""
    ids = (FIRST, SECOND)
    archive.ledger.listed(DAY, START, [listed(CONVERSATION, map(discovered, ids))])
    index = {
        "conversation_id": CONVERSATION,
        "conversation_start_time": START,
        "is_open": False,
        "agent_count": 2,
        "participant_count": 3,
        "direction": "inbound",
        "queue_name": "Sales",
        "ani": "+15550000001",
        "agent_user_id": ANNA,
        "agent_name": "Anna A.",
    }
    publish(archive, RECORDING_INDEX, [{"recording_id": id_, **index} for id_ in ids])
    publish(archive, AUDIO_FILES, [audio(archive, id_, number) for number, id_ in enumerate(ids)])
    publish(archive, TRANSCRIPTS, phrases(text))
    publish(archive, WORDS, words(text))
    publish(archive, DIARIZATION, turns())
    held = {**spoken(FIRST, 3_000, 3_500), "kind": "hold", "source": "conversation", "side": None}
    publish(archive, SPEECH_EVENTS, [held])


def spoken(recording_id: str, start_ms: int, end_ms: int, user_id: str | None = None) -> Row:
    """Return what rows about a stretch of a recording have in common."""
    after = timedelta(milliseconds=start_ms + (30_000 if recording_id == SECOND else 1_000))
    return {
        "conversation_id": CONVERSATION,
        "communication_id": CONVERSATION,
        "recording_id": recording_id,
        "side": "internal" if user_id else "external",
        "speaker_role": "agent" if user_id else "customer",
        "user_id": user_id,
        "is_ambiguous": False,
        "start_ms": start_ms,
        "end_ms": end_ms,
        "start_time": START + after,
    }


def phrases(text: str) -> list[Row]:
    run = {"transcript_id": "run", "confidence": 0.9, "word_count": 2, "language": "en-us"}
    return [
        {**spoken(FIRST, 0, 1_000, ANNA), **run, "phrase_index": 0, "text": text},
        {**spoken(FIRST, 1_500, 2_500), **run, "phrase_index": 1, "text": "hi"},
        {**spoken(SECOND, 0, 1_000, BERT), **run, "phrase_index": 0, "text": "goodbye"},
    ]


def words(text: str) -> list[Row]:
    return [
        {**spoken(FIRST, n * 100, n * 100 + 90, ANNA), "transcript_id": "run", "phrase_index": 0,
         "word_index": n, "word": word, "confidence": float("nan")}
        for n, word in enumerate(text.split())
    ]  # fmt: skip


def turns() -> list[Row]:
    whole = {"overlap_ms": 0, "phrase_count": 1, "word_count": 2}
    heard = {"overlap_ms": 0, "source": "audio", "detector": "energy"}
    return [
        {**spoken(FIRST, 10, 990, ANNA), **heard, "turn_index": 0},
        {**spoken(FIRST, 0, 1_000, ANNA), **whole, "source": "transcript", "turn_index": 0},
        {**spoken(FIRST, 1_500, 2_500), **whole, "source": "transcript", "turn_index": 1},
        {**spoken(SECOND, 0, 1_000, BERT), **whole, "source": "transcript", "turn_index": 0},
    ]


def audio(archive: Archive, recording_id: str, number: int) -> Row:
    """Write four seconds of noise in stereo, each second a little louder."""
    path = layout.audio_path(DAY, CONVERSATION, recording_id, 1, "wav")
    file = archive.home.path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(number).uniform(-0.5, 0.5, (4 * RATE, 2))
    louder = np.repeat([0.25, 0.5, 0.75, 1.0], RATE)[:, None]
    soundfile.write(file, noise * louder, RATE, subtype="ULAW")
    digest = digest_of(file)
    return {
        "recording_id": recording_id,
        "conversation_id": CONVERSATION,
        "outcome": "exported",
        "file_number": 1,
        "path": str(path),
        "size_bytes": digest.size,
        "sha256": digest.sha256,
        "container": "wav",
        "channels": 2,
        "duration_ms": 4_000,
    }


def exported(data: Path, text: str = "good morning") -> None:
    """Write the archive of one call into a directory."""
    Home(data).prepare()
    Ledger(data / layout.LEDGER).close()
    with open_archive(data) as archive:
        call(archive, text)
