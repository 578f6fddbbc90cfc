"""An archive of a whole day, and what is left in it of a conversation."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recordings_pipeline import RecordingExporter
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.erasing import Order
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import Archive, open_archive
from recordings_pipeline.storage.published import published_rows
from tests.cli.conftest import enter
from tests.conftest import settings_of
from tests.sealed import sealed_events
from tests.truth import short_world

# The fixture of the commands is one of these tests as well.
__all__ = ["enter"]
DAY = Day.from_key("2026-01-31")
LATER = datetime(2026, 6, 1, tzinfo=UTC)
ORDER = Order("DSAR-17", "a person")
Opened = Callable[[], Archive]


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Simulator, Path]]:
    """A simulator, and an archive of a day of it that nobody changes."""
    folder = tmp_path_factory.mktemp("exported")
    world = short_world("plain", folder, 8, untranscribed=0.0)
    with Simulator(Options(world=world, requests_per_minute=60_000)) as simulator:
        export(simulator, folder / "data")
        yield simulator, folder / "data"


@pytest.fixture
def simulator(exported: tuple[Simulator, Path]) -> Simulator:
    return exported[0]


@pytest.fixture
def data(exported: tuple[Simulator, Path], tmp_path: Path) -> Path:
    """A copy of the archive that a test may change."""
    shutil.copytree(exported[1], tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture(scope="session")
def never_plain(exported: tuple[Simulator, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same day in an archive that had public keys from the start, and that nobody changes."""
    from tests.privacy.ages import run  # noqa: PLC0415 (skips what asks for it without the extra)

    folder = tmp_path_factory.mktemp("never_plain") / "data"
    run(exported[0], folder)
    return folder


@pytest.fixture
def sealed(never_plain: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    shutil.copytree(never_plain, tmp_path / "sealed")
    return tmp_path / "sealed"


@pytest.fixture
def archive(data: Path) -> Iterator[Archive]:
    with open_archive(data, clock=lambda: LATER) as opened:
        yield opened


def export(simulator: Simulator, data: Path) -> None:
    """Run all stages of the day."""
    with RecordingExporter(settings_of(simulator, data)) as exporter:
        report = exporter.export_range(DAY.start, DAY.start + timedelta(days=1))
    assert report.failures == {}


def someone(simulator: Simulator, index: int = 4) -> Call:
    """Return a call with audio and a transcript."""
    return simulator.world.calls(DAY.date)[index]


def paths_of(data: Path, call: Call) -> list[str]:
    """Return what below the data directory is called after a conversation or its recordings."""
    ids = {call.conversation_id, *(recording.id for recording in call.recordings)}
    found = (str(path.relative_to(data)) for path in data.rglob("*"))
    return sorted(path for path in found if any(id_ in path for id_ in ids))


def tables_of(data: Path, call: Call) -> set[str]:
    """Return the tables of the day with rows of a conversation."""
    return tables_named(data, call.conversation_id)


def tables_named(data: Path, conversation_id: str) -> set[str]:
    return {
        path.parts[-3]
        for path in data.glob("tables/*/*/part-0.parquet")
        if any(
            row["conversation_id"] == conversation_id
            for row in published_rows(path, ("conversation_id",))
        )
    }


def actions(data: Path) -> list[tuple[str, str]]:
    """Return action and outcome of the events of the audit log."""
    return [(one["action"], one["outcome"]) for one in sealed_events(data)]
