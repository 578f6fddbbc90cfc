"""What people look for in a call: where both sides speak, where nobody does, where somebody waits.

The limits are those of the tables about speech: from 300 ms on speech at once is overtalk, and from
3 s on the lack of it is a silence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recordings_pipeline.core.cast import MACHINES
from recordings_pipeline.core.speech import SpeechEvent, Turn
from recordings_pipeline.core.spoken import EXTERNAL, INTERNAL

OVERTALK, SILENCE, HOLD, SECURE_PAUSE = "overtalk", "silence", "hold", "secure_pause"
LEAST_OVERTALK_MS, LEAST_SILENCE_MS = 300, 3_000
WORDS = {
    OVERTALK: "both speak",
    SILENCE: "silence",
    HOLD: "on hold",
    SECURE_PAUSE: "recording paused",
}

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a recording worth a look; ``kind`` is one of those in `WORDS`."""

    kind: str
    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


def marks_of(
    turns: Sequence[Turn], events: Iterable[SpeechEvent], length_ms: int
) -> tuple[Mark, ...]:
    """Return the marks of a recording, ordered by start.

    Machines talk over nobody. Waiting is no silence: it is known why nobody speaks. Silence is
    looked for between the first and the last word.

    Args:
        turns: Of one source.
        events: Holds and pauses among them count; others are left out.
        length_ms: Where a hold without an end ends.
    """
    waits = [
        Mark(event.kind, event.start_ms, length_ms if event.end_ms is None else event.end_ms)
        for event in events
        if event.kind in (HOLD, SECURE_PAUSE)
    ]
    inside = merged(
        _span(t) for t in turns if t.side == INTERNAL and t.speaker.role not in MACHINES
    )
    outside = merged(_span(t) for t in turns if t.side == EXTERNAL)
    filled = merged([*map(_span, turns), *((wait.start_ms, wait.end_ms) for wait in waits)])
    spoken = merged(map(_span, turns))
    first, last = (spoken[0][0], spoken[-1][1]) if spoken else (0, 0)
    quiet = ((a[1], b[0]) for a, b in pairwise(filled))
    found = [Mark(OVERTALK, *span) for span in common(inside, outside)]
    found += [Mark(SILENCE, *span) for span in quiet if first <= span[0] and span[1] <= last]
    least = {OVERTALK: LEAST_OVERTALK_MS, SILENCE: LEAST_SILENCE_MS}
    long_enough = [mark for mark in [*found, *waits] if mark.length_ms >= least.get(mark.kind, 1)]
    return tuple(sorted(long_enough, key=lambda mark: (mark.start_ms, mark.end_ms)))


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def common(ours: Sequence[Span], theirs: Sequence[Span]) -> list[Span]:
    """Return where spans of both overlap; both are ordered and do not overlap themselves."""
    found: list[Span] = []
    left, right = 0, 0
    while left < len(ours) and right < len(theirs):
        start = max(ours[left][0], theirs[right][0])
        end = min(ours[left][1], theirs[right][1])
        if start < end:
            found.append((start, end))
        if ours[left][1] < theirs[right][1]:
            left += 1
        else:
            right += 1
    return found


def _span(turn: Turn) -> Span:
    return turn.start_ms, turn.end_ms
