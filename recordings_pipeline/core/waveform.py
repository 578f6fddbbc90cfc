"""A recording as a picture: what is loud on each channel, in the colour of who speaks.

The picture is SVG without a style or script, and says the same in words to who cannot see it. Its
colours stand in attributes, so that a strict page may show it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

from recordings_pipeline.core.hues import FAINT, HUES, OVERTALK, TEXT
from recordings_pipeline.core.interchange.text import one_line
from recordings_pipeline.core.marks import OVERTALK as BOTH
from recordings_pipeline.core.marks import SILENCE, WORDS, Mark
from recordings_pipeline.core.spans import union

WIDTH, LEFT, RIGHT = 900, 88, 12
PLOT = WIDTH - LEFT - RIGHT
COLUMNS = PLOT // 2
_TOP, _LANE, _STRIP, _AXIS = 26, 72, 14, 22
_HALF = 31
_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 1_200, 3_600, 7_200, 21_600)
_MOST_TICKS = 12
# Digits, points and blanks are this wide at 11 px, letters a little wider.
_LETTER = 6


@dataclass(frozen=True, slots=True)
class Paint:
    """Somebody speaking, in a colour of `HUES`."""

    start_ms: int
    end_ms: int
    hue: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One channel.

    Attributes:
        levels: How loud it is, 0 to 1, in equal parts of the recording; empty when nobody knows.
        spoken: Who speaks on it, ordered by start.
    """

    name: str
    levels: Sequence[float]
    spoken: Sequence[Paint]


def waveform(lanes: Sequence[Lane], marks: Iterable[Mark], length_ms: int, title: str) -> str:
    """Draw a recording as SVG.

    Args:
        lanes: Its channels, from above.
        marks: What happens in it.
        length_ms: How long it is.
        title: What the picture is called; plain text.
    """
    marks, span_ms = tuple(marks), max(length_ms, 1)
    bottom = _TOP + len(lanes) * (_LANE + _STRIP)
    height = bottom + _AXIS
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    font = 'font-family="system-ui,sans-serif" font-size="11"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {font}>',
        f"<title>{_words(title)}</title><desc>{_words(told(lanes, marks, span_ms))}</desc>",
        *_axis(span_ms, bottom),
        *_marks(marks, span_ms, bottom),
    ]
    for number, lane in enumerate(lanes):
        parts += _lane(lane, _TOP + number * (_LANE + _STRIP), span_ms)
    return "".join([*parts, "</svg>"])


def x_of(ms: int, length_ms: int) -> float:
    """Return where an instant lies in the picture."""
    return LEFT + PLOT * min(max(ms / max(length_ms, 1), 0.0), 1.0)


def _lane(lane: Lane, top: int, span_ms: int) -> list[str]:
    """Draw bars, those of speech in colour, and a strip with the turns below them."""
    middle = top + _LANE // 2
    bars = _bars(lane, middle, span_ms)
    strip = top + _LANE + 4
    turns: defaultdict[str, list[str]] = defaultdict(list)
    for paint in lane.spoken:
        start = x_of(paint.start_ms, span_ms)
        length = max(x_of(paint.end_ms, span_ms) - start, 1)
        turns[paint.hue].append(f"M{start:.0f} {strip}h{length:.0f}")
    names = textual(lane.name)
    return [
        f'<path d="M{LEFT} {middle}h{PLOT}" stroke="{FAINT}" stroke-opacity=".5"/>',
        *_strokes(bars, 'stroke-width="1.3"'),
        *_strokes(turns, 'stroke-width="6"'),
        _text(LEFT - 10, middle + 4, names, "end", TEXT),
    ]


def _bars(lane: Lane, middle: int, span_ms: int) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    hues = _hues_of_columns(lane.spoken, len(lane.levels), span_ms)
    for column, (level, hue) in enumerate(zip(lane.levels, hues, strict=True)):
        half = round(_HALF * min(max(level, 0.0), 1.0))
        if half:
            x = LEFT + (column + 0.5) * PLOT / len(lane.levels)
            found[hue].append(f"M{x:.0f} {middle - half}v{2 * half}")
    return found


def _hues_of_columns(spoken: Sequence[Paint], count: int, span_ms: int) -> list[str]:
    """Return the colour of each column: that of who begins last, and none where nobody speaks."""
    found = [""] * count
    for paint in spoken:
        first = min(max(paint.start_ms * count // span_ms, 0), count)
        last = min(max(ceil(paint.end_ms * count / span_ms), first), count)
        found[first:last] = [paint.hue] * (last - first)
    return found


def _strokes(paths: Mapping[str, list[str]], width: str) -> list[str]:
    return [
        f'<path d="{"".join(paths[hue])}" stroke="{HUES.get(hue, FAINT)}" '
        f"{width}{'' if hue in HUES else _PALE}/>"
        for hue in sorted(paths)
    ]


_PALE = ' stroke-opacity=".55"'


def _marks(marks: Iterable[Mark], span_ms: int, bottom: int) -> list[str]:
    """Draw bands over both channels, with words above where they fit and do not collide."""
    parts: list[str] = []
    taken = 0.0
    for mark in marks:
        start, end = x_of(mark.start_ms, span_ms), x_of(mark.end_ms, span_ms)
        width = max(end - start, 2)
        if mark.kind == BOTH:
            parts.append(_band(start, width, bottom, f'fill="{OVERTALK}" fill-opacity=".3"'))
            middle = start + width / 2
            parts.append(f'<path d="M{middle:.0f} 24l-4 -7h8z" fill="{OVERTALK}"/>')
            continue
        parts.append(_band(start, width, bottom, f'fill="{FAINT}" fill-opacity=".16"'))
        label = mark_text(mark)
        middle, half = start + width / 2, len(label) * _LETTER / 2
        if middle - half > taken and middle + half < WIDTH:
            taken = middle + half + 4
            parts.append(_text(middle, 12, label, "middle", TEXT))
    return parts


def _band(start: float, width: float, bottom: int, paint: str) -> str:
    return (
        f'<rect x="{start:.0f}" y="{_TOP}" width="{width:.0f}" height="{bottom - _TOP}" {paint}/>'
    )


def _axis(span_ms: int, bottom: int) -> list[str]:
    total_s = span_ms / 1_000
    step = next((s for s in _STEPS_S if total_s / s <= _MOST_TICKS), ceil(total_s / _MOST_TICKS))
    parts = []
    for second in range(0, int(total_s) + 1, step):
        x = x_of(second * 1_000, span_ms)
        parts.append(
            f'<path d="M{x:.0f} {_TOP}V{bottom}" stroke="{FAINT}" stroke-opacity=".25"/>'
            + _text(x, bottom + 15, clock_text(second * 1_000), "middle", TEXT)
        )
    return parts


def clock_text(ms: int) -> str:
    """Write ``3:07``, from an hour on ``1:03:07``."""
    minutes, seconds = divmod(max(ms, 0) // 1_000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def mark_text(mark: Mark) -> str:
    """Say what a mark is, with its length."""
    digits = 1 if mark.kind == BOTH else 0
    length = f"{mark.length_ms / 1_000:.{digits}f} s"
    return (
        f"{length} {WORDS[mark.kind]}" if mark.kind == SILENCE else f"{WORDS[mark.kind]} {length}"
    )


def textual(name: str, most: int = 13) -> str:
    """Return a name that fits beside its lane."""
    name = one_line(name)
    return name if len(name) <= most else f"{name[: most - 1]}…"


def told(lanes: Sequence[Lane], marks: Sequence[Mark], span_ms: int) -> str:
    """Say in words what the picture shows."""
    found = []
    for lane in lanes:
        spans = union((paint.start_ms, paint.end_ms) for paint in lane.spoken)
        share = 100 * sum(end - start for start, end in spans) / max(span_ms, 1)
        found.append(f"{lane.name} speaks {share:.0f} % of the time")
    for kind, words in WORDS.items():
        of_kind = [mark for mark in marks if mark.kind == kind]
        if of_kind:
            total_s = sum(mark.length_ms for mark in of_kind) / 1_000
            times = "once" if len(of_kind) == 1 else f"{len(of_kind)} times"
            found.append(f"{words} {times}, {total_s:.0f} s")
    return "; ".join(found)


def _text(x: float, y: float, text: str, anchor: str, fill: str) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" fill="{fill}" text-anchor="{anchor}">{_words(text)}</text>'
    )


def _words(text: str) -> str:
    return escape(one_line(text))
