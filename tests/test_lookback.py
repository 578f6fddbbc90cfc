"""What comes late, or goes late, at the source: the look-back finds it and touches nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.reports import ExportReport
from tests.conftest import Start
from tests.late import HOUR, Times

DAY = Day.from_key("2026-01-31")
# Hours after a day when the look-back comes by at 06:30.
LOOKS = (6.5, 30.5, 54.5)
WORLD = """
calls_per_day = 8
[seconds]
median = 8
spread = 0.1
shortest = 6
longest = 10
[pinned]
0 = ["late_recording"]
1 = ["late_recording"]
2 = ["late_recording"]
3 = ["late_transcript"]
4 = ["late_transcript"]
5 = ["late_transcript"]
6 = ["untranscribed"]
"""
CALLS = 8
# Who logs in, and whose recordings these are.
FEWEST_CALLS = 2
TEN_DAYS = 240 * HOUR
# A look-back visits yesterday, and whatever older day has work left.
ONE_DAY = {"RECORDINGS_LOOKBACK_DAYS": "1"}

Begin = Callable[..., Times]


@pytest.fixture
def begin(start: Start, tmp_path: Path) -> Begin:
    """Begin at an hour after the day, in a world of eight short calls."""

    def times(hours: float) -> Times:
        world = tmp_path / "world.toml"
        world.write_text(WORLD)
        now = DAY.end + hours * HOUR
        simulator = start(world=str(world), calls_per_day=None, now=now)
        return Times(simulator, tmp_path / "data", now)

    return times


def few_calls(directory: Path) -> str:
    """Write down a world of three short calls; return its path."""
    path = directory / "few.toml"
    path.write_text(WORLD.partition("[pinned]")[0].replace("= 8", "= 3", 1))
    return str(path)


def provisional(report: ExportReport) -> tuple[str, ...]:
    """Return why the day is not settled."""
    (found,) = [r for r in report.stages if (r.stage, r.day) == ("recording_index", DAY)]
    return found.provisional_because


@pytest.mark.parametrize(
    "metadata", ["when_needed", pytest.param("always", marks=pytest.mark.slow)]
)
def test_what_is_planted_1_30_and_50_hours_after_the_day_comes_and_nothing_comes_twice(
    begin: Begin, metadata: str
) -> None:
    times = begin(0.5)
    mode = {"RECORDINGS_METADATA": metadata, **ONE_DAY}
    times.look_back(**mode)
    for hours, look in zip((1, 30, 50), LOOKS, strict=True):
        times.at(DAY.end + hours * HOUR)
        (recording_id,) = times.plant(DAY, "recording")["recording_ids"]
        told = times.told(DAY)
        planted = set(times.plant(DAY, "transcript")["conversation_ids"])
        files, media = times.files(), times.simulator.traffic.media_requests

        report = times.at(DAY.end + look * HOUR).look_back(**mode)

        came = times.files().keys() - files.keys()
        assert recording_id in {path.stem for path in came}
        assert planted <= times.told(DAY) - told
        assert files.items() <= times.files().items()
        assert times.simulator.traffic.media_requests - media == len(came)
    assert provisional(report) == ()
    assert set(times.outcomes(DAY).values()) == {Outcome.EXPORTED}


def test_a_call_is_asked_about_until_its_day_settles_however_early_it_ended(begin: Begin) -> None:
    times = begin(0.5)
    recording, transcript = (times.simulator.world.call(DAY.date, index) for index in (2, 5))
    times.export(DAY)
    # Each has been over for the settling delay, and what is late about it is not there yet.
    times.at(recording.ended + 49 * HOUR).export(DAY)
    assert recording.recording_id not in times.outcomes(DAY)
    times.at(transcript.ended + 49 * HOUR).export(DAY)
    assert transcript.conversation_id not in times.told(DAY)

    times.at(DAY.end + LOOKS[-1] * HOUR).export(DAY)

    assert len(times.outcomes(DAY)) == CALLS
    assert len(times.told(DAY)) == CALLS - 1


def test_a_settled_day_costs_a_call_and_stays_as_it_is_even_if_more_comes_later(
    begin: Begin,
) -> None:
    times = begin(LOOKS[-1])
    first = times.export(DAY)
    files, written = times.files(), times.written(DAY)
    times.plant(DAY, "recording")
    media = times.simulator.traffic.media_requests

    again = [times.export(DAY) for _ in range(2)]

    assert provisional(first) == ()
    assert [report.throughput.api_calls for report in again] == [FEWEST_CALLS] * 2
    assert (times.files(), times.written(DAY)) == (files, written)
    assert times.simulator.traffic.media_requests == media


def test_a_look_at_a_provisional_day_that_did_not_change_changes_nothing(begin: Begin) -> None:
    times = begin(LOOKS[1])
    first = times.export(DAY)
    files, written = times.files(), times.written(DAY)
    media = times.simulator.traffic.media_requests

    times.at(times.now + HOUR / 60).export(DAY)

    assert provisional(first) != ()
    assert (times.files(), times.written(DAY)) == (files, written)
    assert times.simulator.traffic.media_requests == media


def test_a_settled_day_whose_files_failed_is_finished_by_a_later_look_back(
    start: Start, tmp_path: Path
) -> None:
    now = DAY.end + LOOKS[-1] * HOUR
    world = few_calls(tmp_path)
    broken = start(world=world, calls_per_day=None, now=now, faults="html-media")
    first = Times(broken, tmp_path / "data", now).export(DAY)
    repaired = Times(start(world=world, calls_per_day=None, now=now), tmp_path / "data", now)

    repaired.at(now + TEN_DAYS).look_back(**ONE_DAY)

    assert provisional(first) == ()
    assert first.outcomes["retry"] > 0
    assert Outcome.RETRY not in repaired.outcomes(DAY).values()


def test_a_day_that_failed_while_it_was_indexed_is_finished_by_a_later_look_back(
    start: Start, tmp_path: Path
) -> None:
    now = DAY.end + LOOKS[-1] * HOUR
    plan = tmp_path / "refused.toml"
    plan.write_text('[[fault]]\nroute = "submit"\nstatus = 400\nevery = 1\n')
    world = few_calls(tmp_path)
    broken = start(world=world, calls_per_day=None, now=now, faults=str(plan))
    first = Times(broken, tmp_path / "data", now).export(DAY)
    repaired = Times(start(world=world, calls_per_day=None, now=now), tmp_path / "data", now)

    report = repaired.at(now + TEN_DAYS).look_back(**ONE_DAY)

    assert DAY in first.failures
    assert provisional(report) == ()
    assert Outcome.EXPORTED in repaired.outcomes(DAY).values()


def test_a_day_whose_transcripts_failed_is_finished_by_a_later_look_back(
    start: Start, tmp_path: Path
) -> None:
    now = DAY.end + LOOKS[-1] * HOUR
    plan = tmp_path / "refused.toml"
    plan.write_text('[[fault]]\nroute = "transcripturls"\nstatus = 400\nevery = 1\n')
    world = few_calls(tmp_path)
    broken = start(world=world, calls_per_day=None, now=now, faults=str(plan))
    first = Times(broken, tmp_path / "data", now).export(DAY)
    repaired = Times(start(world=world, calls_per_day=None, now=now), tmp_path / "data", now)
    told = repaired.told(DAY)

    repaired.at(now + TEN_DAYS).look_back(**ONE_DAY)

    assert DAY in first.failures
    assert not told
    assert repaired.told(DAY)


def test_a_finished_day_is_left_alone_by_a_later_look_back(begin: Begin) -> None:
    times = begin(LOOKS[-1])
    times.export(DAY)

    report = times.at(times.now + TEN_DAYS).look_back(**ONE_DAY)

    assert DAY not in {stage.day for stage in report.stages}
