"""Which days are worth another run before the next look-back: what was late at them is due.

A day has clocks: a recording that failed or is not ready is tried again at its time, a transcript
that failed at its own. What is only awaited, a recording that should be there or a transcript that
is pending, is asked for every six hours: each look at a day costs a call for every such transcript.
And there is the moment a day may settle.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.settling import SETTLING_DELAY
from recordings_pipeline.core.standings import DayStanding

AWAITED_DELAY = timedelta(hours=6)
# The look-back finds older ones, once a day. Conversations may be open for a week, and a day waits
# for its last one to settle; a tick reads as many days at most.
LATE_DAYS = 14
_SLOT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Due:
    """Why a day is worth a run.

    Attributes:
        time: When the last of its clocks that have struck did so.
        reason: What is due, as a sentence's end.
    """

    time: datetime
    reason: str

    @property
    def key(self) -> str:
        """The same for everything that comes due in the same quarter of an hour.

        A day whose run fails keeps its clocks as they are. With their exact times it would be
        started again with each that strikes.
        """
        past = (self.time - datetime(1970, 1, 1, tzinfo=UTC)) % _SLOT
        return f"{self.time - past:%Y-%m-%dT%H:%M}"


def day_clocks(
    standings: Iterable[DayStanding], lacking: Mapping[Day, int], now: datetime
) -> Iterable[tuple[Day, Due]]:
    """Yield what is due of days themselves.

    Args:
        standings: How days stand.
        lacking: How many recordings of a day should be there and may still come.
        now: The present instant.
    """
    for standing in standings:
        day, asked = standing.day, standing.indexed_time
        if standing.is_settled or not standing.was_indexed:
            continue
        settles = day.end + SETTLING_DELAY
        if asked < settles <= now:
            yield day, Due(settles, "it may settle")
        again = asked + AWAITED_DELAY
        if lacking.get(day) and again <= now:
            yield day, Due(again, f"{lacking[day]} recordings may have come")


def last_of_each(found: Iterable[tuple[Day, Due]]) -> dict[Day, Due]:
    """Join what is due by day, oldest day first."""
    days: dict[Day, list[Due]] = {}
    for day, due in found:
        days.setdefault(day, []).append(due)
    return {
        day: Due(max(one.time for one in dues), ", ".join(one.reason for one in dues))
        for day, dues in sorted(days.items())
    }
