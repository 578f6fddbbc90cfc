"""A tick turns arrivals into events and runs: each once, whoever dies in between."""

import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.arrivals import INCOMING, Position, arrival_id, position_from
from recordings_pipeline.core.days import Day
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.defs.sensors import MOST_DAYS_PER_TICK, export_directory_sensor
from recordings_pipeline.stages.noticing import MOST_LINES, notice
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.watch.heartbeat import Heartbeat, only_watcher
from recordings_pipeline.watch.journal import Journal, entry_of
from tests.watching import journal_of, line_count, put

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = date(2026, 1, 1)
CALL = "5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A data directory with a watcher that lives."""
    (tmp_path / "watch").mkdir()
    Heartbeat(tmp_path).beat(journaled=0, growing=0)
    return tmp_path


def name(day: int, number: int = 0) -> str:
    return f"audio/date={FIRST + timedelta(days=day)}/c/{number}.wav"


def journaled(root: Path, names: Iterable[str], reason: str = "") -> None:
    """Write into the journal what a watcher would."""
    Home(root).prepare()
    journal = Journal(journal_of(root))
    journal.append(
        entry_of(one, 1_000_000, NOW + timedelta(seconds=n), id_=arrival_id(one, n, 0),
                 reason=reason)
        for n, one in enumerate(names)
    )  # fmt: skip
    journal.close()


def tick(root: Path, cursor: str | None = None) -> dg.SensorResult:
    organization = Organization(recordings_data=str(root))
    context = dg.build_sensor_context(resources={"organization": organization}, cursor=cursor)
    result = export_directory_sensor(context)
    assert isinstance(result, dg.SensorResult)
    return result


def asked(result: dg.SensorResult) -> list[str | None]:
    """Return the partitions of the runs that were requested; None is an ingest."""
    return [request.partition_key for request in requests(result)]


def requests(result: dg.SensorResult) -> list[dg.RunRequest]:
    return [request for request in result.run_requests or () if isinstance(request, dg.RunRequest)]


def keys(result: dg.SensorResult) -> list[str | None]:
    return [request.run_key for request in requests(result)]


def told(root: Path, action: str = "file_created") -> list[str]:
    with closing(Ledger(root / layout.LEDGER)) as ledger:
        return [
            event["reason"] for event in ledger.events.after(0, 10_000) if event["action"] == action
        ]


def day(number: int) -> str:
    return str(FIRST + timedelta(days=number))


def test_a_day_that_gains_audio_is_run_and_each_file_is_an_event(root: Path) -> None:
    journaled(root, [name(0), name(0, 1), name(1)])

    first = tick(root)
    again = tick(root, first.cursor)

    assert asked(first) == [day(0), day(1)]
    assert asked(again) == []
    assert len(told(root)) == 3


def test_numbers_of_arrivals_are_an_event_per_day(root: Path) -> None:
    journaled(root, [name(0), name(0, 1), name(1)])

    (both, one) = tick(root).asset_events

    assert isinstance(both, dg.AssetObservation)
    assert (both.partition, one.partition) == (day(0), day(1))
    numbers = {key: value.value for key, value in both.metadata.items()}
    assert numbers == {
        "arrived_files": 2, "arrived_bytes": 2_000_000, "arrived_mb_per_s": 2.0
    }  # fmt: skip


def test_more_days_than_a_tick_may_ask_for_are_asked_for_by_the_next(root: Path) -> None:
    journaled(root, map(name, range(MOST_DAYS_PER_TICK + 1)))

    first = tick(root)
    second = tick(root, first.cursor)

    assert [len(asked(result)) for result in (first, second)] == [MOST_DAYS_PER_TICK, 1]
    assert asked(first) + asked(second) == [day(n) for n in range(MOST_DAYS_PER_TICK + 1)]


def test_a_day_that_gains_audio_again_is_run_again(root: Path) -> None:
    journaled(root, [name(0)])
    first = tick(root)
    journaled(root, [name(0), name(0, 1)])

    again = tick(root, first.cursor)

    assert asked(again) == asked(first)
    assert keys(again) != keys(first)


def test_ticks_that_overlap_ask_for_the_same_runs_though_more_has_come_meanwhile(
    root: Path,
) -> None:
    journaled(root, [name(0), name(1)])
    first = tick(root)
    journaled(root, [name(0), name(1), name(0, 1), name(2)])

    overlapping = tick(root)
    rest = tick(root, overlapping.cursor)

    assert keys(overlapping) == keys(first)
    assert overlapping.cursor == first.cursor
    assert asked(rest) == [day(0), day(2)]
    assert len(told(root)) == 4


def test_a_tick_that_died_after_it_told_the_ledger_loses_no_run(root: Path) -> None:
    journaled(root, [name(0)])
    before = tick(root)
    journaled(root, [name(0), name(1), name(0, 1)])
    died = tick(root, before.cursor)  # nobody heard of its requests

    again = tick(root, before.cursor)

    assert keys(again) == keys(died)
    assert asked(again) == [day(0), day(1)]
    assert asked(tick(root, again.cursor)) == []


def test_a_journal_that_was_lost_is_begun_again(root: Path) -> None:
    journaled(root, [name(0), name(1)])
    before = tick(root)
    journal_of(root).unlink()
    journaled(root, [name(2), name(3), name(4)])

    assert asked(tick(root, before.cursor)) == [day(2), day(3), day(4)]


def test_a_day_that_is_being_exported_waits_until_nobody_works_on_it(root: Path) -> None:
    journaled(root, [name(0), name(1)])
    with Home(root).day_lock(Day.from_key(day(0))):
        first = tick(root)
        second = tick(root, first.cursor)
    third = tick(root, second.cursor)
    fourth = tick(root, third.cursor)

    assert [asked(one) for one in (first, second, third, fourth)] == [[day(1)], [], [day(0)], []]
    assert "somebody works on" in str(second.skip_reason)
    # Nothing came meanwhile: a tick that did not see the lock would have asked for the same.
    assert [str(key).split(":")[1:] for key in keys(third)] == [
        str(key).split(":")[1:] for key in keys(first)
    ]


def test_audio_of_a_day_that_is_no_partition_does_not_stop_the_others(root: Path) -> None:
    journaled(root, [name(0), name(100 * 365), "audio/somewhere/x.wav", name(1)])

    result = tick(root)

    assert asked(result) == [day(0), day(1)]
    assert asked(tick(root, result.cursor)) == []


def test_before_anybody_watched_there_is_nothing_to_do(tmp_path: Path) -> None:
    result = tick(tmp_path)

    assert asked(result) == []
    assert not list(tmp_path.iterdir())


def test_what_lies_in_the_drop_folder_is_ingested_once_a_batch(root: Path) -> None:
    journaled(root, ["incoming/a.wav", "incoming/b.wav"])
    with Home(root).turn(layout.INCOMING_LOCK):
        first = tick(root)
    second = tick(root, first.cursor)

    (request,) = requests(second)
    assert asked(first) == []
    assert (request.job_name, request.partition_key) == ("ingest_incoming", None)
    assert asked(tick(root, second.cursor)) == []


def test_what_is_left_in_the_drop_folder_is_tried_again_every_hour(root: Path) -> None:
    put(root, "incoming/r.wav")
    position = Position(looked=f"{datetime.now(UTC):%Y-%m-%dT%H}")
    later = datetime.now(UTC) + timedelta(hours=1)

    now = notice(root, position, datetime.now(UTC), most_days=9)
    hour = notice(root, now.position, later, most_days=9)
    same = notice(root, hour.position, later, most_days=9)

    assert [list(found.due) for found in (now, hour, same)] == [[], [INCOMING], []]


def test_what_was_refused_is_an_event_without_its_name(root: Path) -> None:
    number = "+49 170 1234567"
    journaled(root, [f"incoming/{number}"], reason="a FIFO, not a file")
    journaled(root, [f"incoming/{number}.wav"])

    tick(root)

    assert told(root, "file_refused") == ["a file in incoming/: a FIFO, not a file"]
    with closing(Ledger(root / layout.LEDGER)) as ledger:
        assert number not in str(list(ledger.events.after(0, 10_000)))


def test_a_run_begins_where_the_files_already_are(root: Path) -> None:
    journaled(root, [name(0)])
    (request,) = requests(tick(root))
    job = defs.resolve_job_def(str(request.job_name))

    assert {key.to_user_string() for key in job.asset_layer.selected_asset_keys} == {
        "transcripts", "words", "speech_events", "voice_activity", "audio_channels",
        "diarization", "transcript_agreement", "conversation_metrics",
    }  # fmt: skip


def test_dagster_takes_the_requests_of_a_tick(root: Path) -> None:
    journaled(root, [name(0), "incoming/r.wav"])
    repository = defs.get_repository_def()
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(
            instance=instance,
            repository_def=repository,
            resources={"organization": Organization(recordings_data=str(root))},
        )

        found = repository.get_sensor_def(export_directory_sensor.name).evaluate_tick(context)

    assert [(request.job_name, request.partition_key) for request in found.run_requests or ()] == [
        ("after_arrival", day(0)),
        ("ingest_incoming", None),
    ]


def test_without_a_watcher_a_tick_looks_itself_and_a_watcher_takes_over(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path, name(number))

    result = tick(tmp_path)
    while not position_from(result.cursor).byte:  # they may still grow
        result = tick(tmp_path, result.cursor)

    assert asked(result) == [day(0), day(1), day(2)]
    assert line_count(tmp_path) == 3


def test_a_watcher_that_hangs_keeps_a_tick_from_writing_its_journal(tmp_path: Path) -> None:
    put(tmp_path, name(0))

    with only_watcher(tmp_path):
        assert asked(tick(tmp_path)) == []

    assert not journal_of(tmp_path).exists()


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.slow)], ids=str)
def test_a_tick_on_a_flood_takes_less_than_five_seconds_and_loses_nothing(
    root: Path, count: int
) -> None:
    journaled(root, (name(n % 28, n) for n in range(count)))
    cursor: str | None = None
    took: list[float] = []
    runs: list[str | None] = []

    while len(took) <= count // MOST_LINES + 1:
        began = time.monotonic()
        result = tick(root, cursor)
        cursor = result.cursor
        took.append(time.monotonic() - began)
        runs += asked(result)
        assert len(cursor or "") < 1_000

    assert max(took) < 5
    assert {day(n) for n in range(28)} <= set(runs)
    assert len(told(root)) == count


def test_an_ingest_is_named_as_its_folder_is() -> None:
    assert layout.INCOMING.name == INCOMING
