"""Arithmetic on spans of time: half-open pairs of whole numbers.

What comes out is sorted, disjoint and does not touch; what goes in has to be, except for `union`.
Each takes one pass over sorted lists.
"""

from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def union(spans: Iterable[Span]) -> list[Span]:
    """Return what any of the spans covers; empty and reversed ones cover nothing."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def intersection(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Return what both cover."""
    found: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return found


def difference(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Return what the first covers and the second does not."""
    found: list[Span] = []
    j = 0
    for start, end in one:
        while j < len(other) and other[j][1] <= start:
            j += 1
        at, k = start, j
        while k < len(other) and other[k][0] < end:
            if at < other[k][0]:
                found.append((at, other[k][0]))
            at = max(at, other[k][1])
            k += 1
        if at < end:
            found.append((at, end))
    return found


def length(spans: Iterable[Span]) -> int:
    """Add up the lengths of spans that are disjoint."""
    return sum(end - start for start, end in spans)


def at_least(spans: Iterable[Span], shortest: int) -> list[Span]:
    """Return the spans that are not shorter than a limit."""
    return [(start, end) for start, end in spans if end - start >= shortest]
