"""When Dagster runs what: read once, as the definitions load, by every process that loads them."""

import re
from collections.abc import Mapping
from datetime import date

from recordings_pipeline.core.errors import ConfigurationError

DEFAULT_FIRST_DAY = date(2026, 1, 1)
DEFAULT_DAYS_PER_RUN, MOST_DAYS_PER_RUN = 7, 31
DEFAULT_DAILY_HOUR = 3
_HOURS = 24


def first_day(environ: Mapping[str, str]) -> date:
    """Return the first day Dagster offers as a partition.

    Raises:
        ConfigurationError: The variable is not a date.
    """
    text = environ.get("RECORDINGS_FIRST_DAY", "").strip()
    if not text:
        return DEFAULT_FIRST_DAY
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(
            "RECORDINGS_FIRST_DAY", "is not a date: write it like 2026-01-31"
        ) from None


def days_per_run(environ: Mapping[str, str]) -> int:
    """Return how many days one run of a backfill takes.

    A run costs seconds before it does anything, and ends at a failure with its step: 7 days share
    that cost and are few to repeat. A very large organization, whose days are hours, takes 1.

    Raises:
        ConfigurationError: The variable is no such number.
    """
    name = "RECORDINGS_DAYS_PER_RUN"
    return _whole(environ, name, DEFAULT_DAYS_PER_RUN, range(1, MOST_DAYS_PER_RUN + 1))


def daily_hour(environ: Mapping[str, str]) -> int:
    """Return the hour, in UTC, in which the day that has just ended is exported.

    Raises:
        ConfigurationError: The variable is no hour.
    """
    return _whole(environ, "RECORDINGS_DAILY_HOUR", DEFAULT_DAILY_HOUR, range(_HOURS))


def hours_later(hour: int, count: int) -> int:
    """Return an hour of the day some hours after another one."""
    return (hour + count) % _HOURS


def _whole(environ: Mapping[str, str], name: str, usual: int, allowed: range) -> int:
    text = environ.get(name, "").strip() or str(usual)
    if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) not in allowed:
        problem = f"is not a whole number from {allowed[0]} to {allowed[-1]}, like {usual}"
        raise ConfigurationError(name, problem)
    return int(text)
