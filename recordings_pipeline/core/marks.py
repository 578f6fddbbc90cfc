"""What people look for in a call: where both sides speak, where nobody does, where somebody waits.

The limits are those of the tables about speech.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recordings_pipeline.core.metrics import OVERTALK_MS, SILENCE_MS
from recordings_pipeline.core.pauses import KINDS, SECURE_PAUSE
from recordings_pipeline.core.purposes import MACHINES
from recordings_pipeline.core.spans import Span, at_least, difference, intersection, union
from recordings_pipeline.core.speech import SpeechEvent, Turn
from recordings_pipeline.core.spoken import EXTERNAL, INTERNAL

OVERTALK, SILENCE, HOLD = "overtalk", "silence", "hold"
WORDS = {
    OVERTALK: "both speak",
    SILENCE: "silence",
    HOLD: "on hold",
    SECURE_PAUSE: "recording paused",
}
_WAITS = {HOLD: HOLD, **dict.fromkeys(KINDS, SECURE_PAUSE)}


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
        Mark(_WAITS[event.kind], event.start_ms, _end_ms(event, length_ms))
        for event in events
        if event.kind in _WAITS
    ]
    inside = union(_span(t) for t in turns if t.side == INTERNAL and t.speaker.role not in MACHINES)
    outside = union(_span(t) for t in turns if t.side == EXTERNAL)
    spoken = union(map(_span, turns))
    whole = [(spoken[0][0], spoken[-1][1])] if spoken else []
    quiet = difference(whole, union([*spoken, *((wait.start_ms, wait.end_ms) for wait in waits)]))
    overtalk = at_least(intersection(inside, outside), OVERTALK_MS)
    found = [Mark(OVERTALK, *span) for span in overtalk]
    found += [Mark(SILENCE, *span) for span in at_least(quiet, SILENCE_MS)]
    found += [wait for wait in waits if wait.length_ms > 0]
    return tuple(sorted(found, key=lambda mark: (mark.start_ms, mark.end_ms)))


def _end_ms(event: SpeechEvent, length_ms: int) -> int:
    return length_ms if event.end_ms is None else event.end_ms


def _span(turn: Turn) -> Span:
    return turn.start_ms, turn.end_ms
