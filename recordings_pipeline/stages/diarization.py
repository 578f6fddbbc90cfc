"""Who held the floor: one row per turn, from the transcripts and from the audio."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.heard import AUDIO, Heard
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.speech_schemas import DIARIZATION
from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.core.turns import joined, overlaps_ms
from recordings_pipeline.stages.archive import Archive, archive_of
from recordings_pipeline.stages.day_speech import said_on
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.storage.tables import write_table

STAGE = "diarization"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def diarize_day(export: Export, day: Day) -> StageReport:
    """Publish the turns of all the day's transcripts, and of all audio that was listened to.

    Raises:
        MalformedPayload: A table it is made from is not sorted.
    """
    measurement = Measurement(export.client)
    return replace(rebuild_turns(archive_of(export), day), throughput=measurement.taken())


def rebuild_turns(archive: Archive, day: Day) -> StageReport:
    """Publish the turns from the tables about speech, asking nobody."""
    counts = Counter(dict.fromkeys(("recordings", "ambiguous_turns"), 0))
    path = layout.table_path(STAGE, day)
    row_count = write_table(archive.home.path(path), DIARIZATION, _rows(archive, day, counts))
    return StageReport(STAGE, day, row_count, path, counts, Throughput())


def _rows(archive: Archive, day: Day, counts: Counter[str]) -> Iterator[dict[str, Any]]:
    for said in said_on(archive, day):
        for heard in said.recordings:
            counts["recordings"] += 1
            detector = said.detectors.get(heard.recording_id) if heard.source == AUDIO else None
            for row in _turns(heard):
                counts["ambiguous_turns"] += row["is_ambiguous"]
                row |= {"conversation_id": said.course.conversation_id, "detector": detector}
                yield row


def _turns(heard: Heard) -> Iterator[dict[str, Any]]:
    turns = joined(heard.spoken)
    for index, (turn, overlap_ms) in enumerate(zip(turns, overlaps_ms(turns), strict=True)):
        yield {
            "communication_id": heard.communication_id,
            "recording_id": heard.recording_id,
            "source": heard.source,
            "turn_index": index,
            "side": turn.side,
            "speaker_role": turn.speaker.role,
            "user_id": turn.speaker.user_id,
            "is_ambiguous": turn.speaker.is_ambiguous,
            "candidate_user_ids": list(turn.speaker.candidates) or None,
            "start_ms": turn.start_ms,
            "end_ms": turn.end_ms,
            "start_time": _instant(heard.start_epoch_ms, turn.start_ms),
            "phrase_count": turn.phrase_count,
            "word_count": turn.word_count,
            "confidence": turn.confidence,
            "overlap_ms": overlap_ms,
        }


def _instant(start_epoch_ms: int | None, offset_ms: int) -> datetime | None:
    if start_epoch_ms is None:
        return None
    return _EPOCH + timedelta(milliseconds=start_epoch_ms + offset_ms)
