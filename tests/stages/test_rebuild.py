"""Tables about speech come again from what is kept; nobody is asked."""

import time
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Span
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.day import export_day
from recordings_pipeline.stages.rebuild import rebuild
from recordings_pipeline.storage.tables import read_rows
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
@pytest.mark.parametrize("is_gone", [False, True], ids=["damaged", "gone"])
def test_a_file_that_cannot_be_read_back_is_named_and_the_rest_is_published(
    tmp_path: Path,
    is_gone: bool,  # noqa: FBT001
) -> None:
    kept, *others = sorted((tmp_path / "raw" / "transcripts").rglob("*.gz"))
    if is_gone:
        kept.unlink()
    else:
        kept.write_bytes(b"damaged")

    with open_archive(tmp_path) as archive:
        (done,) = rebuild(archive, Span())

    assert done.problem == ""
    rows = read_rows(tmp_path / layout.table_path("transcripts", DAY))
    names = {path.name.partition(".")[0] for path in others}
    assert {row["recording_id"] for row in rows} == names
    (warning,) = done.reports[0].warnings
    assert warning.startswith(f"{kept.relative_to(tmp_path)} cannot be read back (")
    assert warning.endswith(f"export {DAY}, which sets it aside and asks for it again")
    assert kept.exists() is not is_gone


@pytest.mark.usefixtures("exported")
def test_each_stage_says_how_long_it_took(tmp_path: Path) -> None:
    started = time.monotonic()
    with open_archive(tmp_path) as archive:
        (done,) = rebuild(archive, Span())
    took = time.monotonic() - started

    seconds = [report.throughput.seconds for report in done.reports]
    assert min(seconds) > 0
    assert took / 2 < sum(seconds) <= took


@pytest.mark.usefixtures("exported")
def test_a_day_that_is_being_exported_is_left_alone(tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive, archive.home.day_lock(DAY):
        (done,) = rebuild(archive, Span())

    assert str(DAY) in done.problem
    assert done.reports == ()
