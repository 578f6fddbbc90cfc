"""Days: the partitions everything is sorted into.

A recording belongs to the UTC day on which its conversation started.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """One UTC day: half-open, from midnight to the next midnight."""

    date: date

    @classmethod
    def from_key(cls, key: str) -> "Day":
        """Read a partition key such as ``2026-01-31``.

        Raises:
            ValueError: The key is not a date in that form.
        """
        if len(key) != len("2026-01-31"):
            raise ValueError(f"not a day: {key!r}; write it like 2026-01-31")
        return cls(date.fromisoformat(key))

    @property
    def key(self) -> str:
        return self.date.isoformat()

    @property
    def start(self) -> datetime:
        return datetime.combine(self.date, time(), tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """First instant that does not belong to the day."""
        return self.start + ONE_DAY

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def __str__(self) -> str:
        return self.key


def days_touched(start: datetime, end: datetime) -> Iterator[Day]:
    """Yield, in order, each UTC day that the half-open range ``[start, end)`` touches.

    Raises:
        ValueError: An instant has no time zone, or the range is empty.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("start and end need a time zone: a naive time means another instant here")
    if start >= end:
        raise ValueError(f"the range is empty: {start.isoformat()} is not before {end.isoformat()}")
    day = Day(start.astimezone(UTC).date())
    while day.start < end:
        yield day
        day = Day(day.date + ONE_DAY)
