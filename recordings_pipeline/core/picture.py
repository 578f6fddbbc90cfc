"""Throughput over time as a picture: bars, a scale, nothing else."""

from math import floor, log10

from recordings_pipeline.core.quantities import duration_text
from recordings_pipeline.core.timeline import Timeline

_WIDTH, _HEIGHT = 640, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 30, 28
_LINES = 4
# Grey and blue that can be read on white and on black.
_TEXT, _BAR, _LINE = "#888888", "#4f8fd9", "#88888855"


def throughput_picture(timeline: Timeline) -> str:
    """Draw MB/s over time as SVG."""
    top = _round_up(timeline.peak_per_s / 1e6)
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">',
        *_scale(top),
        f'<path fill="{_BAR}" d="{_bars(timeline, top)}"/>',
        *_axis(timeline.width_s * len(timeline.counts)),
        "</svg>",
    ]
    return "".join(parts)


def _round_up(value: float) -> float:
    """Return the next number that begins with 1, 2, 4 or 8: a scale is labelled with quarters."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** floor(log10(value))
    return next(unit * step for step in (1, 2, 4, 8, 10) if unit * step >= value)


def _scale(top: float) -> list[str]:
    found = [_words(_LEFT, 14, "MB/s", "start")]
    for number in range(_LINES + 1):
        y = _y(number / _LINES)
        found.append(
            f'<path stroke="{_LINE}" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>'
            + (_words(_LEFT - 6, y + 4, f"{top * number / _LINES:g}", "end"))
        )
    return found


def _axis(seconds: float) -> list[str]:
    y = _HEIGHT - 8
    return [
        _words(_LEFT, y, "0", "start"),
        _words((_LEFT + _WIDTH - _RIGHT) / 2, y, duration_text(seconds / 2), "middle"),
        _words(_WIDTH - _RIGHT, y, duration_text(seconds), "end"),
    ]


def _bars(timeline: Timeline, top: float) -> str:
    width = (_WIDTH - _LEFT - _RIGHT) / max(len(timeline.counts), 1)
    most = top * 1e6 * timeline.width_s
    return "".join(
        f"M{_LEFT + place * width:.1f} {_y(0):.1f}V{_y(count / most):.1f}h{width:.2f}V{_y(0):.1f}z"
        for place, count in enumerate(timeline.counts)
        if count
    )


def _y(share: float) -> float:
    return _TOP + (1 - share) * (_HEIGHT - _TOP - _BOTTOM)


def _words(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{_TEXT}" text-anchor="{anchor}">{text}</text>'
