"""How days stand, and how far the planner was off."""

from datetime import UTC, datetime

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.standings import DayStanding
from recordings_pipeline.core.status import Compared, day_status, total_compared, total_counts

STANDING = DayStanding(
    day=Day.from_key("2026-01-31"),
    indexed_time=datetime(2026, 3, 1, tzinfo=UTC),
    is_settled=False,
    reasons=("not exported yet",),
    conversation_count=0,
    open_count=0,
)


@pytest.mark.parametrize(
    ("planned", "real", "error"),
    [
        (100, 103, 3.0),
        (100, 50, -50.0),
        (100, 100, 0.0),
        (None, 5, None),
        (0, 0, 0.0),
        (0, 5, None),
    ],
)
def test_the_error_is_what_happened_over_what_was_planned(
    planned: int | None, real: int, error: float | None
) -> None:
    assert Compared(planned, real).error_percent == error


def test_totals_compare_only_what_was_planned() -> None:
    parts = [Compared(100, 90), Compared(None, 1_000), Compared(100, 130)]

    assert total_compared(parts) == Compared(200, 220)
    assert total_compared([Compared(None, 7)]) == Compared(None, 0)


def test_outcomes_come_in_their_own_order() -> None:
    day = day_status(STANDING, {"retry": 1, "exported": 2}, 10)

    assert list(day.counts) == ["exported", "retry"]
    assert total_counts([day, day]) == {"exported": 4, "retry": 2}
    assert day.is_exported


def test_a_day_that_was_only_planned_is_not_exported() -> None:
    assert not day_status(STANDING, {}, 0).is_exported
