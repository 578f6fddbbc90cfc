"""Who held the floor: one row per turn, from the kept transcripts."""

from collections.abc import Iterator
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.speech import Transcript
from recordings_pipeline.core.speech_schemas import DIARIZATION
from recordings_pipeline.core.turns import turns_of
from recordings_pipeline.stages.archive import archive_of
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.stages.transcript_tables import transcripts_of
from recordings_pipeline.storage.tables import write_table

STAGE = "diarization"


def diarize_day(export: Export, day: Day) -> StageReport:
    """Publish the turns of all the day's transcripts."""
    measurement = Measurement(export.client)
    rows = [
        row for transcript in transcripts_of(archive_of(export), day) for row in _rows(transcript)
    ]
    path = layout.table_path(STAGE, day)
    row_count = write_table(export.home.path(path), DIARIZATION, rows)
    counts = {
        "communications": len({row["communication_id"] for row in rows}),
        "ambiguous_turns": sum(row["is_ambiguous"] for row in rows),
    }
    return StageReport(STAGE, day, row_count, path, counts, measurement.taken())


def _rows(transcript: Transcript) -> Iterator[dict[str, Any]]:
    for index, turn in enumerate(turns_of(transcript)):
        yield {
            "conversation_id": transcript.conversation_id,
            "communication_id": transcript.communication_id,
            "recording_id": transcript.recording_id,
            "source": "transcript",
            "overlap_ms": 0,
            "turn_index": index,
            "side": turn.side,
            "speaker_role": turn.speaker.role,
            "user_id": turn.speaker.user_id,
            "is_ambiguous": turn.speaker.is_ambiguous,
            "start_ms": turn.start_ms,
            "end_ms": turn.end_ms,
            "phrase_count": turn.phrase_count,
            "word_count": turn.word_count,
        }
