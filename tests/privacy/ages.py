"""An archive that is encrypted, the keys to it, and what is looked for in it."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline import ExportReport, RecordingExporter
from recordings_pipeline.core.sealing import Identity, Keys
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import settings_of
from tests.privacy.conftest import DAY

pyrage: Any = pytest.importorskip("pyrage")
KEY, OTHER_KEY = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
PUBLIC = {"RECORDINGS_AGE_RECIPIENTS": str(KEY.to_public())}
PRIVATE = {"RECORDINGS_AGE_IDENTITY": str(KEY)}
SPEECH = ("transcripts", "words", "speech_events", "diarization", "conversation_metrics")


def keys(identity: Any = KEY) -> Keys:  # noqa: ANN401 (a library without types)
    """Return what opens an archive."""
    return Keys(identity=Identity(Secret(str(identity)), "RECORDINGS_AGE_IDENTITY"))


def run(simulator: Simulator, data: Path, **variables: str) -> ExportReport:
    """Run the day, with public keys unless it is said otherwise."""
    report = tried(simulator, data, **(variables or PUBLIC))
    assert report.failures == {}
    return report


def tried(simulator: Simulator, data: Path, **variables: str) -> ExportReport:
    """Run the day, and return what became of it."""
    with RecordingExporter(settings_of(simulator, data, **variables)) as exporter:
        return exporter.export_range(DAY.start, DAY.start + timedelta(days=1))


def raw(data: Path) -> list[Path]:
    """Return the transcript files that are kept, encrypted or not."""
    return sorted(path for path in data.glob("raw/transcripts/*/*") if path.is_file())


def audio(data: Path) -> list[Path]:
    """Return the audio files, encrypted or not."""
    return sorted(data.glob("audio/date=*/*/*"))


def rows(data: Path, table: str) -> list[dict[str, Any]]:
    """Return the day's rows of a table."""
    return read_rows(data / f"tables/{table}/date={DAY}/part-0.parquet")


def tables(data: Path) -> Mapping[str, bytes]:
    """Return the bytes of the tables about speech."""
    return {
        name: (data / f"tables/{name}/date={DAY}/part-0.parquet").read_bytes() for name in SPEECH
    }
