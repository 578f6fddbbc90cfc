"""Whether days settle in time: who is late is named, with what to do."""

from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core.days import ONE_DAY, Day
from recordings_pipeline.core.freshness import Freshness, freshness
from recordings_pipeline.core.standings import DayStanding

NOW = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
WAITS = "2 conversations are still open"


def day(age: int) -> Day:
    """Return the day so many days before today."""
    return Day(NOW.date() - age * ONE_DAY)


def standings(settled: range, provisional: range) -> list[DayStanding]:
    return [
        DayStanding(
            day(age), day(age).end, age in settled, () if age in settled else (WAITS,), 1, 0
        )
        for age in [*settled, *provisional]
    ]


def found(settled: range, provisional: range, now: datetime = NOW) -> Freshness:
    return freshness(now, standings(settled, provisional))


def test_days_that_follow_the_present_pass_and_are_named() -> None:
    fresh = found(range(4, 20), range(1, 4))

    assert fresh.is_fresh
    assert not fresh.is_alarming
    assert fresh.text == f"last settled day: {day(4)}, last exported day: {day(1)}"


@pytest.mark.parametrize(("age", "is_late"), [(4, False), (5, True)])
def test_a_day_is_late_four_days_after_its_end(age: int, *, is_late: bool) -> None:
    fresh = found(range(age + 1, 20), range(1, age + 1))

    assert fresh.late == (((day(age), WAITS),) if is_late else ())
    assert not fresh.is_alarming
    assert ("job recheck_days" in fresh.text) is is_late


def test_it_is_alarming_when_nothing_has_settled_for_a_week() -> None:
    assert not found(range(7, 20), range(1, 7)).is_alarming
    assert found(range(8, 20), range(1, 8)).is_alarming
    assert found(range(0), range(1, 9)).is_alarming
    assert not found(range(0), range(1, 4)).is_alarming


def test_a_hole_between_exported_days_is_late_and_what_nobody_ever_wanted_is_not() -> None:
    known = [one for one in standings(range(4, 10), range(1, 4)) if one.day != day(7)]

    assert freshness(NOW, known).late == ((day(7), "never exported"),)
    # A day of long ago that was exported once.
    old = standings(range(300, 301), range(0))
    assert freshness(NOW, [*old, *standings(range(4, 10), range(1, 4))]).is_fresh


@pytest.mark.parametrize(("hours", "is_behind"), [(54, False), (55, True)])
def test_it_is_noticed_that_the_daily_run_is_missing(hours: int, *, is_behind: bool) -> None:
    known = standings(range(1, 10), range(0))

    later = freshness(day(1).end + timedelta(hours=hours), known)

    assert later.is_behind is is_behind
    assert later.is_fresh is not is_behind


def test_before_anything_was_exported_it_says_what_to_switch_on() -> None:
    nothing = freshness(NOW, [])

    assert not nothing.is_fresh
    assert not nothing.is_alarming
    assert nothing.text.endswith("switch the schedules every_day and look_back on")


def test_a_month_of_late_days_is_a_sentence_and_not_a_page() -> None:
    fresh = found(range(0), range(1, 30))

    assert len(fresh.late) == 25
    assert "15 more" in fresh.text
