"""Diarization: who held the floor, and when."""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise

from recordings_pipeline.core.spans import Span, length, union
from recordings_pipeline.core.speech import Speaker, Turn

# Pauses of up to 1.5 s do not end a monologue in the tools analysts know (conversation metrics of
# the field bridge 1 to 2 s), so they do not end a turn either.
MAX_GAP_MS = 1_500

# Side, start and end of speech on a channel.
Burst = tuple[str, int, int]


def bursts_as_turns(
    bursts: Iterable[Burst], speaker_at: Callable[[str, int], Speaker]
) -> list[Turn]:
    """Return each burst as a turn of its own, of whoever is on its side in its middle."""
    return [
        Turn(side, speaker_at(side, (start + end) // 2), start, end, None, None)
        for side, start, end in bursts
    ]


def joined(spoken: Iterable[Turn], *, max_gap_ms: int = MAX_GAP_MS) -> list[Turn]:
    """Join neighbouring speech of one speaker.

    A turn ends when another speaker starts, or when its own speaker stays silent for longer than
    ``max_gap_ms``. Overlapping speech yields overlapping turns; nobody's words are dropped.

    Args:
        spoken: One recording's phrases or bursts, each as a turn of its own, in any order.
        max_gap_ms: Longest silence, in milliseconds, inside a turn.

    Returns:
        Turns ordered by ``start_ms``; what was spoken belongs to exactly one each.

    Raises:
        ValueError: ``max_gap_ms`` is negative.
    """
    if max_gap_ms < 0:
        raise ValueError(f"max_gap_ms must not be negative: {max_gap_ms}")
    groups: list[list[Turn]] = []
    end_ms = 0
    for one in sorted(spoken, key=lambda turn: (turn.start_ms, turn.end_ms, turn.side)):
        if groups and _is_same(groups[-1][0], one) and one.start_ms - end_ms <= max_gap_ms:
            groups[-1].append(one)
            end_ms = max(end_ms, one.end_ms)
        else:
            groups.append([one])
            end_ms = one.end_ms
    return [_turn(group) for group in groups]


def overlaps_ms(turns: Sequence[Turn]) -> list[int]:
    """Measure, for each turn, the time in which another speaker spoke as well."""
    by_speaker: dict[tuple[str, Speaker], list[Span]] = {}
    for turn in turns:
        by_speaker.setdefault((turn.side, turn.speaker), []).append((turn.start_ms, turn.end_ms))
    moves = sorted(
        (at, step)
        for spans in by_speaker.values()
        for span in union(spans)
        for at, step in zip(span, (1, -1), strict=True)
    )
    depths = accumulate(step for _, step in moves)
    edges = [(at, depth > 1) for (at, _), depth in zip(moves, depths, strict=True)]
    twice = union((at, until) for (at, is_twice), (until, _) in pairwise(edges) if is_twice)
    return _within(turns, twice)


def _within(turns: Sequence[Turn], spans: Sequence[Span]) -> list[int]:
    """Measure how much of each turn some spans cover; turns are ordered by start."""
    found, first = [], 0
    for turn in turns:
        while first < len(spans) and spans[first][1] <= turn.start_ms:
            first += 1
        covered, at = 0, first
        while at < len(spans) and spans[at][0] < turn.end_ms:
            start, end = spans[at]
            covered += length([(max(start, turn.start_ms), min(end, turn.end_ms))])
            at += 1
        found.append(covered)
    return found


def _is_same(one: Turn, other: Turn) -> bool:
    return one.side == other.side and one.speaker == other.speaker


def _turn(group: Sequence[Turn]) -> Turn:
    first = group[0]
    if len(group) == 1:
        return first
    return Turn(
        first.side,
        first.speaker,
        first.start_ms,
        max(one.end_ms for one in group),
        _sum([one.phrase_count for one in group]),
        _sum([one.word_count for one in group]),
        _mean_confidence(group),
    )


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _mean_confidence(group: Sequence[Turn]) -> float | None:
    """Average over words; a phrase without words, or without confidence, says nothing."""
    known = [(one.confidence, one.word_count or 0) for one in group if one.confidence is not None]
    words = sum(count for _, count in known)
    return round(sum(value * count for value, count in known) / words, 4) if words else None
