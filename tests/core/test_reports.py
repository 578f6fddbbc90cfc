"""When a range of days is done."""

from pathlib import PurePosixPath

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.reports import ExportReport, StageReport
from recordings_pipeline.core.throughput import Throughput

DAY = Day.from_key("2026-01-31")
OURS_TO_DO = (Outcome.DISCOVERED, Outcome.RETRY)


def audio(outcome: Outcome) -> StageReport:
    return StageReport("audio_files", DAY, 1, PurePosixPath("t"), {outcome: 1}, Throughput())


@pytest.mark.parametrize("outcome", Outcome)
def test_only_what_a_further_run_could_do_leaves_a_range_incomplete(outcome: Outcome) -> None:
    report = ExportReport((audio(outcome),))

    assert report.is_complete is (outcome not in OURS_TO_DO)


@pytest.mark.parametrize("outcome", Outcome)
def test_all_is_there_when_no_outcome_has_a_future(outcome: Outcome) -> None:
    report = ExportReport((audio(outcome),))

    assert report.is_all_there is outcome.is_final


def test_a_failed_day_leaves_a_range_incomplete() -> None:
    report = ExportReport((audio(Outcome.EXPORTED),), {DAY: "no space"})

    assert not report.is_complete
    assert not report.is_all_there
