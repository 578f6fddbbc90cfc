"""What a run tells of bytes, files and seconds is what lies on the disk and what the clock says."""

from pathlib import Path

import pytest

from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.audio_files import fetch_day
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.recording_index import index_day
from recordings_pipeline.stages.transfers import LOOPS
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start
from tests.stages.conftest import DAY, Open


def fetched(simulator: Simulator, opened: Open) -> tuple[Export, StageReport]:
    export = opened(simulator)
    index_day(export, DAY)
    return export, fetch_day(export, DAY)


def test_sums_are_those_of_the_files_on_disk(start: Start, opened: Open, tmp_path: Path) -> None:
    simulator = start(calls_per_day=12, faults="cut-bodies/3")

    export, report = fetched(simulator, opened)

    spent = report.throughput
    files = [path for path in (tmp_path / "audio").rglob("*.*") if path.is_file()]
    sizes = [path.stat().st_size for path in files if ".parts" not in path.parts]
    rows = [row for row in read_rows(export.home.path(report.path)) if row["path"]]
    traffic = simulator.traffic
    assert spent.file_count == len(sizes) == len(rows) > 5
    assert spent.stored_bytes == sum(sizes)
    assert spent.bytes_moved == traffic.media_bytes - traffic.media_unsent_bytes >= sum(sizes)
    assert spent.timeline.bytes_moved == spent.bytes_moved
    assert spent.sound_s.count == len(sizes)
    assert spent.sound_s.sum == pytest.approx(sum(row["duration_ms"] for row in rows) / 1e3, 1e-3)
    assert spent.download_s.sum == pytest.approx(sum(row["download_ms"] for row in rows) / 1e3, 0.1)
    assert spent.resumed_count == sum(row["is_resumed"] for row in rows) > 0


def test_seconds_are_told_by_what_they_were_spent_on(start: Start, opened: Open) -> None:
    export, report = fetched(start(calls_per_day=12), opened)

    waits = report.throughput.waits
    assert 0 < waits.hashing_s < report.throughput.seconds
    assert waits.disk_s > 0
    assert 0 < waits.network_s < LOOPS * report.throughput.seconds
    assert export.client.spent.waits.polling_s > 0
    assert waits.allowance_s == 0


def test_a_run_that_finds_everything_there_tells_of_no_file(start: Start, opened: Open) -> None:
    export, _ = fetched(start(calls_per_day=3), opened)

    again = fetch_day(export, DAY).throughput

    assert (again.file_count, again.stored_bytes, again.bytes_moved) == (0, 0, 0)
    assert (again.waits.hashing_s, again.waits.network_s) == (0, 0)
    assert sum(again.timeline.counts) == 0


def test_whoever_looks_sees_how_far_the_stage_has_come(start: Start, opened: Open) -> None:
    export = opened(start(calls_per_day=3))
    assert export.look() is None

    index_day(export, DAY)
    export.gauge.begin("audio_files", export.client.spent)
    before = export.look()
    report = fetch_day(export, DAY)
    after = export.look()

    assert before is not None
    assert after is not None
    assert (before.stage, before.done, before.total, before.bytes_moved) == ("audio_files", 0, 0, 0)
    assert after.bytes_moved == report.throughput.bytes_moved > 0
    assert after.done == after.total > 0
    assert after.left_s == 0
    assert after.bytes_per_s > 0
    assert before.calls_allowed == after.calls_allowed > 300
    assert after.calls_used > 0
