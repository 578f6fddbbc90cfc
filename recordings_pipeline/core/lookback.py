"""Which days are looked at again for what came, or went, late at the source."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime

from recordings_pipeline.core.days import ONE_DAY, Day
from recordings_pipeline.core.standings import DayStanding


def days_to_look_at(
    now: datetime,
    first: date,
    count: int,
    known: Iterable[DayStanding],
    unfinished: Collection[Day] = (),
) -> list[Day]:
    """Return the days of a look-back, oldest first.

    They are the last days that have ended, exported before or not, and every older one that is not
    settled, that was tried and never indexed, or of which a recording or a transcript is left to
    fetch. A settled day among the last ones costs a call.

    Args:
        now: The instant of the look.
        first: Nothing before this day is looked at.
        count: How many of the last days are looked at.
        known: How days stand, in any order.
        unfinished: Days, settled or not, of which something is left to fetch.
    """
    today = now.astimezone(UTC).date()
    last = {today - number * ONE_DAY for number in range(1, count + 1)}
    waiting = {standing.day.date for standing in known if _is_waiting(standing)}
    waiting |= {day.date for day in unfinished}
    older = {found for found in waiting if found < today}
    return [Day(found) for found in sorted(last | older) if found >= first]


def _is_waiting(standing: DayStanding) -> bool:
    """Say whether a day is to be indexed; one that was only planned is nobody's wish yet."""
    was_tried = standing.was_indexed or standing.spent_calls > 0
    return was_tried and not standing.is_settled
