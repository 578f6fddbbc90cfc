"""A tick turns arrivals into events and runs: each once, whoever dies in between."""

from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.arrivals import INCOMING
from recordings_pipeline.core.days import Day
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.defs.sensors import export_directory_sensor
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger
from tests.arriving import asked, day, journaled, keys, name, requests, tick, told, watched
from tests.watching import journal_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return watched(tmp_path)


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


def test_what_lies_in_the_drop_folder_is_ingested_once_a_batch(root: Path) -> None:
    journaled(root, ["incoming/a.wav", "incoming/b.wav"])
    with Home(root).turn(layout.INCOMING_LOCK):
        first = tick(root)
    second = tick(root, first.cursor)

    (request,) = requests(second)
    assert asked(first) == []
    assert (request.job_name, request.partition_key) == ("ingest_incoming", None)
    assert asked(tick(root, second.cursor)) == []


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


def test_an_ingest_is_named_as_its_folder_is() -> None:
    assert layout.INCOMING.name == INCOMING
