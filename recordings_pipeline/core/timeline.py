"""When bytes came: counts by interval, in constant memory however long it takes.

Intervals begin short. When they are too many, pairs of them become one of twice the width.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

FIRST_WIDTH_S = 0.25
MOST_INTERVALS = 240


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bytes by interval.

    Attributes:
        width_s: Length of an interval: `FIRST_WIDTH_S` times a power of two.
        counts: Bytes of each interval, without a gap from the beginning on.
    """

    width_s: float = FIRST_WIDTH_S
    counts: tuple[int, ...] = ()

    @property
    def bytes_moved(self) -> int:
        return sum(self.counts)

    @property
    def peak_per_s(self) -> float:
        """Bytes a second in the best interval."""
        return max(self.counts, default=0) / self.width_s


def width_for(seconds: float, width_s: float = FIRST_WIDTH_S) -> float:
    """Return the width with which an instant is in one of the first `MOST_INTERVALS`."""
    while seconds >= width_s * MOST_INTERVALS:
        width_s *= 2
    return width_s


def widened(timeline: Timeline, width_s: float) -> Timeline:
    """Return the same with intervals that are wider by a power of two."""
    counts = timeline.counts
    factor = round(width_s / timeline.width_s)
    groups = range(0, len(counts), factor)
    return Timeline(width_s, tuple(sum(counts[start : start + factor]) for start in groups))


def together(timelines: Iterable[Timeline], seconds: float) -> Timeline:
    """Add up what began at one time, up to an instant so many seconds later."""
    found = list(timelines)
    width_s = max([width_for(seconds), *(timeline.width_s for timeline in found)])
    wide = [widened(timeline, width_s).counts for timeline in found]
    now = (0,) * (int(seconds / width_s) + 1)
    return Timeline(width_s, tuple(map(sum, zip_longest(now, *wide, fillvalue=0))))


def joined(timelines: Iterable[Timeline]) -> Timeline:
    """Put one after the other; each begins a new interval."""
    found = [timeline for timeline in timelines if timeline.counts]
    width_s = max((timeline.width_s for timeline in found), default=FIRST_WIDTH_S)
    counts = (count for timeline in found for count in widened(timeline, width_s).counts)
    whole = Timeline(width_s, tuple(counts))
    while len(whole.counts) > MOST_INTERVALS:
        whole = widened(whole, 2 * whole.width_s)
    return whole


def since(before: Timeline, after: Timeline) -> Timeline:
    """Return what came between two looks at one timeline; it begins with the earlier one."""
    known = widened(before, after.width_s).counts
    counts = list(after.counts)
    for place, count in enumerate(known):
        counts[place] -= count
    return Timeline(after.width_s, tuple(counts[max(len(known) - 1, 0) :]))
