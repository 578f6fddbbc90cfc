"""A day is due by its own clocks, and not more often than they strike."""

from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.late import Due, day_clocks, last_of_each
from recordings_pipeline.core.standings import NOT_EXPORTED, DayStanding

DAY, NEXT = Day.from_key("2026-01-31"), Day.from_key("2026-02-01")
HOUR = timedelta(hours=1)
SETTLES = DAY.end + 48 * HOUR
AT = datetime(2026, 2, 3, 10, 7, tzinfo=UTC)


def standing(asked: datetime, *reasons: str) -> DayStanding:
    return DayStanding(DAY, asked, not reasons, reasons, 1, 0)


@pytest.mark.parametrize(
    ("asked", "now", "is_due"),
    [
        (SETTLES - HOUR, SETTLES - HOUR / 60, False),
        (SETTLES - HOUR, SETTLES, True),
        (SETTLES, SETTLES + HOUR, False),
    ],
    ids=["too early", "in time", "asked since"],
)
def test_a_provisional_day_is_due_once_when_it_may_settle(
    asked: datetime, now: datetime, *, is_due: bool
) -> None:
    found = dict(day_clocks([standing(asked, "it may change")], {}, now))

    assert found == ({DAY: Due(SETTLES, "it may settle")} if is_due else {})


@pytest.mark.parametrize(
    ("hours", "lacking", "is_due"), [(5.9, 2, False), (6, 2, True), (6, 0, False)]
)
def test_what_should_be_there_is_asked_for_every_six_hours_and_only_while_it_lacks(
    hours: float, lacking: int, *, is_due: bool
) -> None:
    asked = DAY.end + HOUR
    counts = {DAY: lacking} if lacking else {}

    found = dict(day_clocks([standing(asked, "it may change")], counts, asked + hours * HOUR))

    expected = {DAY: Due(asked + 6 * HOUR, "2 recordings may have come")}
    assert found == (expected if is_due else {})


@pytest.mark.parametrize("reasons", [(), (NOT_EXPORTED,)], ids=["settled", "planned only"])
def test_a_day_that_is_settled_or_nobody_s_wish_is_never_due(reasons: tuple[str, ...]) -> None:
    assert not list(day_clocks([standing(DAY.end, *reasons)], {DAY: 1}, SETTLES + 100 * HOUR))


def test_of_several_clocks_the_last_one_counts_so_that_a_stuck_one_hides_none() -> None:
    stuck, later = Due(AT - 9 * HOUR, "one"), Due(AT, "two")

    found = last_of_each([(NEXT, stuck), (DAY, stuck), (DAY, later)])

    assert list(found.items()) == [(DAY, Due(AT, "one, two")), (NEXT, stuck)]


def test_what_comes_due_in_the_same_quarter_of_an_hour_has_one_key() -> None:
    keys = [Due(AT + timedelta(minutes=minutes), "").key for minutes in (-7, 0, 7, 8)]

    assert keys == ["2026-02-03T10:00"] * 3 + ["2026-02-03T10:15"]
