"""Exports Genesys Cloud call recordings, one UTC day at a time, as verified audio and Parquet.

For people without Dagster: `RecordingExporter`. For Dagster: `recordings_pipeline.definitions`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recordings_pipeline.core.reports import DayFailed, ExportReport, StageReport
    from recordings_pipeline.exporter import RecordingExporter

__all__ = ["DayFailed", "ExportReport", "RecordingExporter", "StageReport"]

_HOMES = {
    "RecordingExporter": "recordings_pipeline.exporter",
    "DayFailed": "recordings_pipeline.core.reports",
    "ExportReport": "recordings_pipeline.core.reports",
    "StageReport": "recordings_pipeline.core.reports",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Load a public name on first use: Dagster imports this package in every process it starts."""
    import importlib  # noqa: PLC0415

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
