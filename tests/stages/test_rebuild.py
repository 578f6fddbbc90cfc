"""Tables about speech come again from what is kept; nobody is asked."""

from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Span
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.day import export_day
from recordings_pipeline.stages.rebuild import rebuild
from tests.conftest import Start
from tests.stages.conftest import DAY, Open

TABLES = ("transcripts", "words", "speech_events", "diarization", "conversation_metrics")


@pytest.fixture
def exported(start: Start, opened: Open) -> Simulator:
    simulator = start(world="plain", calls_per_day=6)
    export = opened(simulator)
    for _ in export_day(export, DAY):
        pass
    return simulator


def test_what_was_removed_comes_again_byte_for_byte_and_nobody_is_asked(
    exported: Simulator, tmp_path: Path
) -> None:
    paths = [tmp_path / layout.table_path(table, DAY) for table in TABLES]
    before, asked = [path.read_bytes() for path in paths], exported.traffic.api_requests
    for path in paths:
        path.unlink()

    with open_archive(tmp_path) as archive:
        (done,) = rebuild(archive, Span())

    assert (done.day, done.problem) == (DAY, "")
    assert [path.read_bytes() for path in paths] == before
    assert exported.traffic.api_requests == asked


@pytest.mark.usefixtures("exported")
def test_a_damaged_file_is_named_and_leaves_the_tables_as_they_are(tmp_path: Path) -> None:
    kept = min((tmp_path / "raw" / "transcripts").rglob("*.gz"))
    kept.write_bytes(b"damaged")
    path = tmp_path / layout.table_path("transcripts", DAY)
    before = path.stat().st_mtime_ns

    with open_archive(tmp_path) as archive:
        (done,) = rebuild(archive, Span())

    assert kept.name in done.problem
    assert path.stat().st_mtime_ns == before


@pytest.mark.usefixtures("exported")
def test_a_day_that_is_being_exported_is_left_alone(tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive, archive.home.day_lock(DAY):
        (done,) = rebuild(archive, Span())

    assert str(DAY) in done.problem
    assert done.reports == ()
