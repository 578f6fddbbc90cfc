"""What the turns add up to: one row per conversation of the index."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.metrics import conversation_metrics
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.speech import Speaker, Turn
from recordings_pipeline.core.speech_schemas import CONVERSATION_METRICS
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.storage.tables import read_rows, write_table

STAGE = "conversation_metrics"

Legs = dict[str, dict[str, list[Turn]]]


def measure_day(export: Export, day: Day) -> StageReport:
    """Publish the metrics of every conversation that has a recording."""
    measurement = Measurement(export.client)
    legs = _legs(export, day)
    indexed = {row["conversation_id"] for row in _read(export, "recording_index", day)}
    rows = [_row(id_, legs.get(id_, {})) for id_ in sorted(indexed)]
    path = layout.table_path(STAGE, day)
    row_count = write_table(export.home.path(path), CONVERSATION_METRICS, rows)
    counts = {"transcribed": sum(row["is_transcribed"] for row in rows)}
    return StageReport(STAGE, day, row_count, path, counts, measurement.taken())


def _legs(export: Export, day: Day) -> Legs:
    """Group the day's turns by conversation and communication."""
    legs: Legs = defaultdict(lambda: defaultdict(list))
    for row in _read(export, "diarization", day):
        legs[row["conversation_id"]][row["communication_id"]].append(_turn(row))
    return legs


def _row(conversation_id: str, legs: Mapping[str, list[Turn]]) -> dict[str, Any]:
    metrics = conversation_metrics(legs.values())
    return {
        "conversation_id": conversation_id,
        "is_transcribed": metrics.turn_count > 0,
        **asdict(metrics),
    }


def _turn(row: Mapping[str, Any]) -> Turn:
    speaker = Speaker(row["speaker_role"], row["user_id"], row["is_ambiguous"])
    names = ("start_ms", "end_ms", "phrase_count", "word_count")
    return Turn(row["side"], speaker, *(row[name] for name in names))


def _read(export: Export, stage: str, day: Day) -> list[dict[str, Any]]:
    return read_rows(export.home.path(layout.table_path(stage, day)))
