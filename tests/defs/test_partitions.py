"""Dagster offers whole days, from the first one on, and never the one still running."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core.timetable import first_day
from recordings_pipeline.defs.partitions import DAYS

MIDNIGHT = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (MIDNIGHT - timedelta(seconds=1), "2026-01-30"),
        (MIDNIGHT, "2026-01-31"),
        (MIDNIGHT + timedelta(seconds=1), "2026-01-31"),
    ],
    ids=["a second before midnight", "at midnight", "a second after"],
)
def test_a_day_is_offered_once_it_is_over(now: datetime, last: str) -> None:
    assert DAYS.get_partition_keys(current_time=now)[-1] == last


def test_the_first_day_is_the_one_that_was_set() -> None:
    assert DAYS.get_first_partition_key() == first_day(os.environ).isoformat()


def test_a_day_is_from_midnight_to_midnight_utc() -> None:
    window = DAYS.time_window_for_partition_key("2026-01-31")

    assert window.start == datetime(2026, 1, 31, tzinfo=UTC)
    assert window.end == MIDNIGHT
