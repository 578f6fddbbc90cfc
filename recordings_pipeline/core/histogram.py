"""How values spread: counts between fixed edges, so that any two of a kind can be added."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of values between edges.

    Attributes:
        edges: Ascending; their unit is that of the values.
        counts: One more than edges: values below the first, from each edge to below the next, and
            from the last one on.
        sum: Of all values.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    sum: float = 0.0

    @classmethod
    def empty(cls, *edges: float) -> Self:
        return cls(edges, (0,) * (len(edges) + 1))

    @property
    def count(self) -> int:
        """How many values there are."""
        return sum(self.counts)

    @property
    def mean(self) -> float:
        """Their mean; 0 without any."""
        return self.sum / self.count if self.count else 0.0

    def having(self, value: float) -> Self:
        """Return it with one value more."""
        place = bisect_right(self.edges, value)
        counts = (*self.counts[:place], self.counts[place] + 1, *self.counts[place + 1 :])
        return replace(self, counts=counts, sum=self.sum + value)

    def __add__(self, other: Self) -> Self:
        return self._with(other, 1)

    def __sub__(self, other: Self) -> Self:
        return self._with(other, -1)

    def _with(self, other: Self, sign: int) -> Self:
        counts = tuple(a + sign * b for a, b in zip(self.counts, other.counts, strict=True))
        return replace(self, counts=counts, sum=self.sum + sign * other.sum)


def ranges(histogram: Histogram, text: Callable[[float], str]) -> list[str]:
    """Name the ranges that are counted, given how a value is written."""
    edges = [text(edge) for edge in histogram.edges]
    between = [f"{low} to {high}" for low, high in pairwise(edges)]
    return [f"below {edges[0]}", *between, f"{edges[-1]} and more"]


# Bytes of a file: from 10 kB to 1 GB.
FILE_BYTES = Histogram.empty(1e4, 1e5, 1e6, 1e7, 1e8, 1e9)
# Seconds of sound in a file.
SOUND_S = Histogram.empty(1, 10, 60, 300, 900, 3_600, 14_400)
# Seconds from the first request for a file to its verification.
DOWNLOAD_S = Histogram.empty(0.1, 0.3, 1, 3, 10, 60, 600, 3_600)
