"""Which days are looked at again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.lookback import days_to_look_at
from recordings_pipeline.core.standings import NOT_EXPORTED, DayStanding

NOW = datetime(2026, 2, 4, 6, 30, tzinfo=UTC)
EVER = date(1970, 1, 1)
OPEN = ("1 conversations are still open",)


def standing(key: str, *reasons: str) -> DayStanding:
    """Return how a day stands: not settled for some reasons, or settled."""
    return DayStanding(Day.from_key(key), NOW, not reasons, reasons, 4, 0)


def keys(days: list[Day]) -> list[str]:
    return [day.key for day in days]


def test_the_last_days_are_looked_at_whether_they_were_exported_or_not() -> None:
    known = [standing("2026-02-02")]

    assert keys(days_to_look_at(NOW, EVER, 3, known)) == ["2026-02-01", "2026-02-02", "2026-02-03"]


def test_an_older_day_is_looked_at_until_it_is_settled() -> None:
    known = [standing("2026-01-30"), standing("2026-01-10", *OPEN), standing("2026-01-09", *OPEN)]

    assert keys(days_to_look_at(NOW, EVER, 1, known)) == ["2026-01-09", "2026-01-10", "2026-02-03"]


def test_a_day_that_was_only_planned_is_not_exported_by_a_look_back() -> None:
    assert days_to_look_at(NOW, EVER, 0, [standing("2026-01-30", NOT_EXPORTED)]) == []


def test_a_day_that_failed_before_it_was_indexed_is_tried_again() -> None:
    tried = replace(standing("2026-01-10", NOT_EXPORTED), spent_calls=7)

    assert keys(days_to_look_at(NOW, EVER, 1, [tried])) == ["2026-01-10", "2026-02-03"]


def test_a_settled_day_with_something_left_to_fetch_is_looked_at() -> None:
    known = [standing("2026-01-10"), standing("2026-01-11")]
    left = [Day.from_key("2026-01-10"), Day.from_key("2026-02-04")]

    assert keys(days_to_look_at(NOW, EVER, 1, known, left)) == ["2026-01-10", "2026-02-03"]


def test_the_day_that_is_still_running_waits_for_its_end() -> None:
    known = [standing("2026-02-04", *OPEN)]

    assert keys(days_to_look_at(NOW, EVER, 1, known)) == ["2026-02-03"]


def test_nothing_before_the_first_day_is_looked_at() -> None:
    known = [standing("2026-01-10", *OPEN)]

    assert keys(days_to_look_at(NOW, date(2026, 2, 2), 3, known)) == ["2026-02-02", "2026-02-03"]


@pytest.mark.parametrize("hours", [-12, 12], ids=["west", "east"])
def test_days_are_those_of_utc_whatever_the_zone_of_the_clock(hours: int) -> None:
    local = NOW.astimezone(timezone(timedelta(hours=hours)))

    assert keys(days_to_look_at(local, EVER, 1, [])) == ["2026-02-03"]
