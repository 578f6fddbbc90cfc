"""Pauses of a recording: somebody kept what was said out of it, such as a card number.

Only annotations of the recording tell them. No batch result has any, and by the SDK's documentation
the list of metadata may lack some: that none is told does not mean that there was none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SECURE_PAUSE, PAUSE = "secure_pause", "pause"
KINDS = frozenset({SECURE_PAUSE, PAUSE})
SOURCE = "recording"
_REASONS = {"securepause": SECURE_PAUSE, "pause": PAUSE}
# A week: no recording is longer. A call with a pause a minute has less than two hundred.
_MOST_MS, _MOST = 604_800_000, 1_000
# By the clock of the recording as it was cut, then by the clock of the call.
_PLACES = (("recordingLocation", "recordingDurationMs"), ("location", "durationMs"))


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """A stretch of a recording that nobody is to hear; of no length where it was cut out.

    Attributes:
        kind: `SECURE_PAUSE`, or `PAUSE`.
    """

    start_ms: int
    end_ms: int
    kind: str


def pauses_from(annotations: object) -> tuple[Pause, ...]:
    """Read the pauses out of a recording's annotations; what is odd about one tells nothing."""
    found = annotations[:_MOST] if isinstance(annotations, list) else []
    pauses = (_pause(item) for item in found if isinstance(item, Mapping))
    return tuple(sorted({pause for pause in pauses if pause is not None}))


def pauses_as_texts(pauses: Iterable[Pause]) -> list[str] | None:
    """Write pauses down as ``kind start_ms end_ms``; None for none."""
    return [f"{pause.kind} {pause.start_ms} {pause.end_ms}" for pause in pauses] or None


def pauses_from_texts(texts: Iterable[str]) -> Iterator[Pause]:
    """Read back what `pauses_as_texts` wrote."""
    for kind, start_ms, end_ms in map(str.split, texts):
        yield Pause(int(start_ms), int(end_ms), kind)


def _pause(item: Mapping[str, Any]) -> Pause | None:
    kind = _REASONS.get(str(item.get("reason") or item.get("type") or "").lower())
    if kind is None:
        return None
    for names in _PLACES:
        start_ms, length_ms = (_milliseconds(item.get(name)) for name in names)
        if start_ms is not None and length_ms is not None:
            return Pause(start_ms, start_ms + length_ms, kind)
    return None


def _milliseconds(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _MOST_MS else None
