"""Numbers as people read them: SI units, no more digits than they mean."""

# Of what is listed, more than a person reads; the number of all of them is told beside the table.
MOST_SHOWN = 50
BYTES_PER_MB = 1_000_000
_BYTES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
_MINUTE, _HOUR = 60, 3_600
# One digit, a point and a decimal.
_SHORT = 3


def bytes_text(count: float) -> str:
    """Write a size: ``1.2 GB``, ``85 MB``, ``950 bytes``."""
    for factor, unit in _BYTES:
        if count >= factor * 0.9995:
            return f"{_short(count / factor)} {unit}"
    return f"{count:.0f} bytes"


def rate_text(bytes_per_s: float) -> str:
    """Write a rate in MB/s: from 10 on without decimals."""
    return f"{_short(bytes_per_s / 1e6)} MB/s"


def duration_text(seconds: float) -> str:
    """Write a duration: ``0.3 s``, ``40 s``, ``3 min``, ``2 h 10 min``."""
    if seconds < _MINUTE - 0.5:
        return f"{_short(seconds)} s"
    minutes = round(seconds / _MINUTE)
    if minutes < _HOUR // _MINUTE:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, _HOUR // _MINUTE)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def _short(value: float) -> str:
    text = f"{value:.1f}"
    return text.removesuffix(".0") if len(text) <= _SHORT else f"{value:,.0f}"
