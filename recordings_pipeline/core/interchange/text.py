"""Words made harmless for formats of lines, and times in their two notations."""

import re

# C0 and C1 commands (ESC among them), halves of surrogate pairs, and what XML cannot hold.
_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Embeddings, overrides and isolates make a line read in another order than it is written.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNKNOWN = "\ufffd"


def one_line(text: str) -> str:
    """Return words on one line: white space becomes a blank, a command U+FFFD."""
    return _REORDERING.sub("", _COMMANDS.sub(_UNKNOWN, " ".join(text.split())))


def token(text: str) -> str:
    """Return words as one field of formats that are split at white space; never empty."""
    return "_".join(one_line(text).split()) or "<NA>"


def clock(ms: int, mark: str) -> str:
    """Write ``01:02:03.004``, with a point or a comma; hours take as many digits as they need."""
    seconds, ms = divmod(max(ms, 0), 1_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{mark}{ms:03d}"


def seconds(ms: int) -> str:
    """Write seconds with milliseconds; nothing begins before the recording."""
    return f"{max(ms, 0) / 1_000:.3f}"
