"""What Dagster is told once, as it loads: how many days a run takes, and at which hour."""

from collections.abc import Callable, Mapping

import pytest

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.timetable import daily_hour, days_per_run, hours_later

Read = Callable[[Mapping[str, str]], int]
DAYS, HOUR = "RECORDINGS_DAYS_PER_RUN", "RECORDINGS_DAILY_HOUR"


@pytest.mark.parametrize(
    ("read", "name", "text", "expected"),
    [
        (days_per_run, DAYS, "", 7),
        (days_per_run, DAYS, " 1 ", 1),
        (days_per_run, DAYS, "31", 31),
        (daily_hour, HOUR, "", 3),
        (daily_hour, HOUR, "0", 0),
        (daily_hour, HOUR, "23", 23),
    ],
)
def test_a_number_is_read_and_an_empty_one_is_the_usual(
    read: Read, name: str, text: str, expected: int
) -> None:
    assert read({name: text}) == expected
    assert read({name: text}) == read({name: text.strip()})


@pytest.mark.parametrize(
    ("read", "name", "text", "said"),
    [
        (days_per_run, DAYS, "0", "from 1 to 31, like 7"),
        (days_per_run, DAYS, "32", "from 1 to 31, like 7"),
        (days_per_run, DAYS, "week", "from 1 to 31, like 7"),
        (daily_hour, HOUR, "24", "from 0 to 23, like 3"),
        (daily_hour, HOUR, "-1", "from 0 to 23, like 3"),
    ],
)
def test_any_other_is_refused_with_the_variable_and_what_to_write(
    read: Read, name: str, text: str, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} is not a whole number {said}"):
        read({name: text})


def test_hours_go_on_after_midnight() -> None:
    assert [hours_later(hour, 3) for hour in (3, 20, 21, 23)] == [6, 23, 0, 2]
