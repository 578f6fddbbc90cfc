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


@dataclass(frozen=True, slots=True)
class Span:
    """Days from first to last, both included; all by default."""

    first: date = date.min
    last: date = date.max

    @property
    def is_all(self) -> bool:
        return (self.first, self.last) == (date.min, date.max)


def span_of(start: datetime | None, end: datetime | None) -> Span:
    """Return the UTC days that the half-open range ``[start, end)`` touches; None has no limit.

    Raises:
        ValueError: An instant has no time zone, or the range is empty.
    """
    known = [instant for instant in (start, end) if instant is not None]
    if any(instant.tzinfo is None for instant in known):
        raise ValueError("start and end need a time zone: a naive time means another instant here")
    if start is not None and end is not None and start >= end:
        raise ValueError(f"the range is empty: {start.isoformat()} is not before {end.isoformat()}")
    first = date.min if start is None else start.astimezone(UTC).date()
    last = date.max if end is None else (end.astimezone(UTC) - timedelta.resolution).date()
    return Span(first, last)
