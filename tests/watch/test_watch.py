"""Audio that arrives is journaled once, and the sensor reads on from where it stopped."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from recordings_pipeline.core.days import Day
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.defs.sensors import arrived_audio
from recordings_pipeline.watch.journal import append_arrivals, read_arrivals
from recordings_pipeline.watch.observer import journal_new_files, watch

NAME = "audio/date=2026-01-{day}/c/{name}.wav"
NOW = datetime(2026, 2, 1, tzinfo=UTC)


def put(root: Path, day: int, name: str = "r") -> str:
    relative = NAME.format(day=day, name=name)
    path = root / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF")
    return relative


def test_a_file_is_journaled_once(tmp_path: Path) -> None:
    known: set[str] = set()
    name = put(tmp_path, 30)

    assert journal_new_files(tmp_path, known) == [name]
    assert journal_new_files(tmp_path, known) == []


def test_a_watch_finds_what_came_while_nobody_watched(tmp_path: Path) -> None:
    put(tmp_path, 30)
    stop = threading.Event()
    stop.set()

    watch(tmp_path, stop)

    arrivals = read_arrivals(tmp_path / "watch/journal.jsonl", start=0, most_days=20)
    assert arrivals.days == (Day.from_key("2026-01-30"),)


def test_a_torn_line_is_left_for_the_next_look(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    append_arrivals(journal, [NAME.format(day=30, name="r")], NOW)
    whole = journal.stat().st_size
    with journal.open("a") as file:
        file.write('{"name": "audio/da')

    assert read_arrivals(journal, start=0, most_days=20).end == whole


def test_more_days_than_a_tick_may_ask_for_wait(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    append_arrivals(journal, [NAME.format(day=d, name="r") for d in (10, 11, 12)], NOW)

    first = read_arrivals(journal, start=0, most_days=2)
    rest = read_arrivals(journal, start=first.end, most_days=2)

    assert [str(day) for day in (*first.days, *rest.days)] == [
        "2026-01-10", "2026-01-11", "2026-01-12"
    ]  # fmt: skip


def test_the_sensor_runs_each_day_that_gained_audio_once(tmp_path: Path) -> None:
    put(tmp_path, 30)
    journal_new_files(tmp_path, set())
    organization = Organization(recordings_data=str(tmp_path))

    tick = arrived_audio(dg.build_sensor_context(resources={"organization": organization}))
    assert isinstance(tick, dg.SensorResult)
    again = arrived_audio(
        dg.build_sensor_context(resources={"organization": organization}, cursor=tick.cursor)
    )

    assert [request.partition_key for request in tick.run_requests or ()] == ["2026-01-30"]
    assert isinstance(again, dg.SkipReason)
