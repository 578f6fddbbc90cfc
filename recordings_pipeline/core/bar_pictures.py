"""Pictures of a day's numbers: how its recordings ended, and when its calls came."""

from collections.abc import Mapping, Sequence

from recordings_pipeline.core.model import Outcome

_WIDTH = 640
_TEXT, _BAR, _LINE = "#888888", "#4f8fd9", "#88888855"
# Green for what is there, grey for what is wanted by nobody, orange for what may come, red for what
# a person looks at: each can be read on white and on black.
_COLOURS = {
    Outcome.EXPORTED: "#3a9d5d",
    Outcome.EXCLUDED: "#8a8f98",
    Outcome.ERASED: "#8a8f98",
    Outcome.DISCOVERED: "#d98e32",
    Outcome.DEFERRED: "#d98e32",
    Outcome.RETRY: "#d98e32",
}
_ALARM = "#cf4f4f"
_NAMES, _ROW, _COUNTS = 96, 22, 70
_HEIGHT, _TOP, _BOTTOM, _LEFT, _RIGHT = 160, 24, 24, 44, 24
_HOURS = 24


def outcomes_picture(counts: Mapping[str, int]) -> str:
    """Draw how recordings ended as SVG: a bar for each outcome there is; other counts are left out.

    What is rare is what one looks for: a bar is never thinner than two pixels.
    """
    found = [(outcome, counts[outcome]) for outcome in Outcome if counts.get(outcome)]
    most = max((count for _, count in found), default=1)
    room = _WIDTH - _NAMES - _COUNTS
    parts = []
    for place, (outcome, count) in enumerate(found):
        y, width = place * _ROW, max(room * count / most, 2)
        colour = _COLOURS.get(outcome, _ALARM)
        parts += [
            _words(_NAMES - 8, y + 15, str(outcome), "end"),
            f'<path fill="{colour}" d="M{_NAMES} {y + 3}h{width:.1f}v{_ROW - 6}h{-width:.1f}z"/>',
            _words(_NAMES + width + 6, y + 15, f"{count:,}", "start"),
        ]
    return _picture(max(len(found), 1) * _ROW, parts)


def hours_picture(counts: Sequence[int]) -> str:
    """Draw what began in each hour of a UTC day as SVG; the largest number is written out.

    Args:
        counts: One for each of the 24 hours.
    """
    most, bottom = max(counts, default=0), _HEIGHT - _BOTTOM
    step = (_WIDTH - _LEFT - _RIGHT) / _HOURS
    bars = "".join(
        f"M{_LEFT + hour * step + 1:.1f} {bottom}"
        f"V{bottom - (bottom - _TOP) * count / most:.1f}h{step - 2:.1f}V{bottom}z"
        for hour, count in enumerate(counts)
        if count
    )
    hours = range(0, _HOURS + 1, 6)
    return _picture(
        _HEIGHT,
        [
            _words(_LEFT - 6, _TOP + 4, f"{most:,}", "end"),
            f'<path stroke="{_LINE}" d="M{_LEFT} {_TOP}H{_WIDTH - _RIGHT}"/>',
            f'<path stroke="{_LINE}" d="M{_LEFT} {bottom}H{_WIDTH - _RIGHT}"/>',
            f'<path fill="{_BAR}" d="{bars}"/>',
            *(_words(_LEFT + h * step, _HEIGHT - 6, f"{h:02}:00", "middle") for h in hours),
        ],
    )


def _picture(height: int, parts: Sequence[str]) -> str:
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    begin = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif"'
    return "".join([f'{begin} font-size="12">', *parts, "</svg>"])


def _words(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{_TEXT}" text-anchor="{anchor}">{text}</text>'
