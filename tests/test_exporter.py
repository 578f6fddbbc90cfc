"""The exporter for people without Dagster: ranges of days, and how they end."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path

import pytest

from recordings_pipeline import DayFailed, RecordingExporter, StageReport
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.reports import STAGES
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.storage.home import Home
from tests.conftest import Start, largest_file, settings_of

FIRST = Day.from_key("2026-01-30")
SECOND = Day.from_key("2026-01-31")


def known(simulator: Simulator) -> Iterator[str]:
    """Yield the recordings of two days, so that none of them is fetched."""
    for day in (FIRST, SECOND):
        yield from (str(call.recording_id) for call in simulator.world.calls(day.date))


def test_a_day_that_fails_does_not_stop_the_others(start: Start, tmp_path: Path) -> None:
    simulator = start(calls_per_day=4)

    with (
        RecordingExporter(settings_of(simulator, tmp_path)) as exporter,
        Home(tmp_path).day_lock(FIRST),
    ):
        report = exporter.export_range(FIRST.start, SECOND.end, known(simulator))

    assert list(report.failures) == [FIRST]
    assert "another process" in report.failures[FIRST]
    assert [(stage.stage, stage.day) for stage in report.stages] == [(s, SECOND) for s in STAGES]
    assert not report.is_complete


def test_a_disk_that_takes_no_more_fails_the_day_with_a_sentence_and_the_next_run_goes_on(
    start: Start, tmp_path: Path
) -> None:
    simulator = start(calls_per_day=4)

    with RecordingExporter(settings_of(simulator, tmp_path)) as exporter:
        with largest_file(700_000):
            full = exporter.export_range(FIRST.start, FIRST.end)
        again = exporter.export_range(FIRST.start, FIRST.end)

    (problem,) = full.failures.values()
    assert re.fullmatch(
        r"audio/\.parts/[0-9a-f-]{36}\.part could not be written: File too large; "
        "free space, then run the day again",
        problem,
    )
    assert full.throughput.bytes_moved > 0
    assert again.is_complete


def test_what_a_failed_day_cost_is_in_the_total(start: Start, tmp_path: Path) -> None:
    simulator = start(calls_per_day=4, permissions=frozenset())

    with RecordingExporter(settings_of(simulator, tmp_path)) as exporter:
        report = exporter.export_range(FIRST.start, FIRST.end)

    assert list(report.failures) == [FIRST]
    asked = simulator.traffic.api_requests + simulator.traffic.logins
    assert report.throughput.api_calls == asked > 0


def test_what_is_done_is_reported_while_the_range_goes_on(start: Start, tmp_path: Path) -> None:
    simulator = start(calls_per_day=4)
    heard: list[tuple[StageReport | DayFailed, int]] = []

    def hear(news: StageReport | DayFailed) -> None:
        heard.append((news, len(list(tmp_path.glob("tables/*/*/part-0.parquet")))))

    settings = settings_of(simulator, tmp_path)
    with RecordingExporter(settings, report=hear) as exporter, Home(tmp_path).day_lock(FIRST):
        report = exporter.export_range(FIRST.start, SECOND.end, known(simulator))

    failed = DayFailed(FIRST, report.failures[FIRST])
    assert [news for news, _ in heard] == [failed, *report.stages]
    tables = accumulate([0, *(1 + len(stage.others) for stage in report.stages)])
    assert [count for _, count in heard] == list(tables)


@pytest.mark.parametrize(
    ("end", "days"),
    [
        (SECOND.start - timedelta(microseconds=1), [FIRST]),
        (SECOND.start, [FIRST]),
        (SECOND.start + timedelta(microseconds=1), [FIRST, SECOND]),
    ],
    ids=["just before midnight", "at midnight", "just after midnight"],
)
def test_a_day_that_is_touched_is_exported_as_a_whole(
    start: Start, tmp_path: Path, end: datetime, days: list[Day]
) -> None:
    simulator = start(calls_per_day=4)

    with RecordingExporter(settings_of(simulator, tmp_path)) as exporter:
        report = exporter.export_range(SECOND.start - timedelta(hours=1), end, known(simulator))

    recorded = [c for day in days for c in simulator.world.calls(day.date) if c.recording_id]
    assert list(dict.fromkeys(stage.day for stage in report.stages)) == days
    assert sum(report.outcomes.values()) == len(recorded)


@pytest.mark.parametrize(
    ("begin", "end", "problem"),
    [
        (FIRST.start.replace(tzinfo=None), SECOND.end, "time zone"),
        (FIRST.start, SECOND.end.replace(tzinfo=None), "time zone"),
        (FIRST.start, FIRST.start, "empty"),
        (SECOND.start, FIRST.start, "empty"),
    ],
    ids=["naive start", "naive end", "no time at all", "backwards"],
)
def test_a_range_that_means_nothing_is_refused_before_anybody_is_asked(
    start: Start, tmp_path: Path, begin: datetime, end: datetime, problem: str
) -> None:
    simulator = start()

    with (
        RecordingExporter(settings_of(simulator, tmp_path)) as exporter,
        pytest.raises(ValueError, match=problem),
    ):
        exporter.export_range(begin, end)

    assert simulator.traffic.logins == 0


def test_progress_is_shown_to_whoever_asked_for_it(start: Start, tmp_path: Path) -> None:
    simulator = start(calls_per_day=4)
    shown: list[tuple[str, int, int]] = []
    environ = simulator.environment | {"RECORDINGS_DATA": str(tmp_path)}

    with RecordingExporter.from_env(environ, progress=lambda *a: shown.append(a)) as exporter:
        before = exporter.look()
        exporter.export_range(SECOND.start, SECOND.end, known(simulator))
        after = exporter.look()

    assert before is None
    assert after is not None
    assert after.stage == STAGES[-1]
    assert ("recording_index", 4, 4) in shown
    assert ("transcripts", 4, 4) in shown


def test_outside_of_its_block_an_exporter_says_how_to_use_it(start: Start, tmp_path: Path) -> None:
    exporter = RecordingExporter(settings_of(start(), tmp_path / "data"))

    with pytest.raises(RuntimeError, match="with block"):
        exporter.export_range(FIRST.start, FIRST.end)

    assert not (tmp_path / "data").exists()


def test_a_missing_variable_is_named_before_anything_is_opened() -> None:
    with pytest.raises(ConfigurationError, match="GENESYS_CLIENT_ID is not set"):
        RecordingExporter.from_env({})


def test_an_archive_is_verified_repaired_and_replayed_without_the_command_line(
    start: Start, tmp_path: Path
) -> None:
    simulator = start(world="plain", calls_per_day=4)

    with RecordingExporter(settings_of(simulator, tmp_path)) as exporter:
        exporter.export_range(FIRST.start, FIRST.end)
        clean = exporter.verify(FIRST.start, FIRST.end)
        next(tmp_path.glob("audio/date=*/*/*")).write_bytes(b"")
        outside = exporter.verify(SECOND.start)
        damaged = exporter.verify(is_repairing=True)
        due = exporter.verify()
        replayed = exporter.replay(FIRST.start, FIRST.end)

    assert (clean.is_clean, clean.hashed_count) == (True, clean.file_count)
    assert outside.is_clean
    assert (damaged.fault_count, due.fault_count) == (1, 0)
    assert due.file_count == clean.file_count - 1
    assert (replayed.stages, replayed.failures) == ((), {})
