"""What the talk of each conversation adds up to: one row per conversation of the index."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.heard import AUDIO, metrics_row
from recordings_pipeline.core.metrics_schema import CONVERSATION_METRICS
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.stages.archive import Archive, archive_of
from recordings_pipeline.stages.day_speech import said_on
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.storage.tables import write_table

STAGE = "conversation_metrics"


def measure_day(export: Export, day: Day) -> StageReport:
    """Publish the metrics of every conversation that has a recording.

    They are measured on phrases, or on what was heard on each channel, and not on turns, which
    bridge pauses.

    Raises:
        MalformedPayload: A table it is made from is not sorted.
    """
    measurement = Measurement(export.client)
    return replace(rebuild_metrics(archive_of(export), day), throughput=measurement.taken())


def rebuild_metrics(archive: Archive, day: Day) -> StageReport:
    """Publish the metrics from the tables about speech, asking nobody."""
    counts = Counter(dict.fromkeys(("transcribed", "from_audio"), 0))
    path = layout.table_path(STAGE, day)
    rows = _rows(archive, day, counts)
    row_count = write_table(archive.home.path(path), CONVERSATION_METRICS, rows)
    return StageReport(STAGE, day, row_count, path, counts, Throughput())


def _rows(archive: Archive, day: Day, counts: Counter[str]) -> Iterator[dict[str, Any]]:
    for said in said_on(archive, day):
        row = metrics_row(said.course, said.recordings, said.noticed)
        counts["transcribed"] += row["is_transcribed"]
        counts["from_audio"] += row["source"] == AUDIO
        yield row
