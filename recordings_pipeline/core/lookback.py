"""Which days are looked at again for what came, or went, late at the source."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from recordings_pipeline.core.days import ONE_DAY, Day
from recordings_pipeline.core.standings import DayStanding


def days_to_look_at(
    now: datetime, first: date, count: int, known: Iterable[DayStanding]
) -> list[Day]:
    """Return the days of a look-back, oldest first.

    They are the last days that have ended, exported before or not, and every older one that was
    exported and is not settled. A settled day among the last ones costs a call.

    Args:
        now: The instant of the look.
        first: Nothing before this day is looked at.
        count: How many of the last days are looked at.
        known: How days stand, in any order.
    """
    today = now.astimezone(UTC).date()
    last = {today - number * ONE_DAY for number in range(1, count + 1)}
    waiting = {
        standing.day.date
        for standing in known
        if standing.was_indexed and not standing.is_settled and standing.day.date < today
    }
    return [Day(found) for found in sorted(last | waiting) if found >= first]
