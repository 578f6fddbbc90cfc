"""How long what was exported is kept: by the day of the conversation."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import ConfigurationError

VARIABLE = "RECORDINGS_KEEP_DAYS"
_DAYS = re.compile(r"[1-9][0-9]{0,4}")


def keep_days(environ: Mapping[str, str]) -> int:
    """Return for how many days after its own a day is kept.

    Raises:
        ConfigurationError: The variable is not set, or no number of days.
    """
    text = environ.get(VARIABLE, "").strip()
    if not text:
        raise ConfigurationError(VARIABLE, "is not set: everything is kept for good")
    if not _DAYS.fullmatch(text):
        raise ConfigurationError(VARIABLE, "is not a whole number from 1 to 99999, like 365")
    return int(text)


def first_day_kept(now: datetime, days: int) -> Day:
    """Return the first day that is kept; all before it are to go.

    The time runs from the end of a day: with 30, the day that ended 30 days ago goes.
    """
    return Day((now - timedelta(days=days)).date())


def rule(days: int) -> str:
    """Name the rule, as ledger and audit log keep it."""
    return f"kept for {days} days ({VARIABLE})"
