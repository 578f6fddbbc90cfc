"""The organization's API allowance: 300 calls a minute are scarcer than bandwidth.

The platform counts the calls of an OAuth client in windows of a minute and says so with every
answer. All processes of a host share what is known of the window, so that together they use what
there is and never more.

Source: headers of every answer, sections 6.1 to 6.3 of the platform's rate limit documentation.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

DEFAULT_PER_MINUTE = 300
WINDOW_S = 60.0
# ``inin-ratelimit-reset`` is whole seconds and nobody says how they are rounded: the window ends
# at most one second after what it says. Each answer narrows that down.
ROUNDING_S = 1.0
_OLD_S = 2 * ROUNDING_S
# While nobody has heard when the window ends, look again so often.
GLANCE_S = 0.05
# Longer than any pause we keep (`retries.MAX_WAIT_S` and its jitter): the clock of another boot.
LONGEST_S = 300.0
_COUNT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Announced:
    """What an answer's headers say.

    Attributes:
        used: Calls counted in the window, those of other hosts included.
        allowed: Calls the window has room for.
        ends_by: Monotonic instant, in seconds, by which the window has ended.
    """

    used: int
    allowed: int
    ends_by: float


@dataclass(frozen=True, slots=True)
class Window:
    """What all processes of a host know of the current window.

    Attributes:
        number: Tells windows apart: an answer to a call of an earlier one frees no place.
        allowed: Calls it has room for.
        used: Calls the platform has counted.
        in_flight: Calls on the way that it may not have counted yet.
        ends_by: Monotonic instant by which it has ended; 0 for not known.
        closed_until: Monotonic instant before which nobody may call; 0 for open.
    """

    number: int = 0
    allowed: int = DEFAULT_PER_MINUTE
    used: int = 0
    in_flight: int = 0
    ends_by: float = 0.0
    closed_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Spending:
    """What there is of the allowance at one instant, for people to read.

    Attributes:
        used: Calls of the window, those on the way included.
        allowed: Calls it has room for.
        is_awaited: Whether a question waits for room, or for the end of a pause.
    """

    used: int
    allowed: int
    is_awaited: bool


def announced(headers: Mapping[str, str], now: float) -> Announced | None:
    """Read the ``inin-ratelimit-*`` headers; None when they are absent or make no sense."""
    names = ("inin-ratelimit-count", "inin-ratelimit-allowed", "inin-ratelimit-reset")
    values = [headers.get(name, "") for name in names]
    if not all(_COUNT.fullmatch(value) for value in values):
        return None
    used, allowed, reset_s = (int(value) for value in values)
    return Announced(used, allowed, now + min(reset_s, WINDOW_S) + ROUNDING_S) if allowed else None


def entered(window: Window, now: float, *, share: float) -> tuple[Window, float]:
    """Let a call pass, or say how long it should wait before it asks again.

    Args:
        window: What is known.
        now: Monotonic instant in seconds.
        share: Part of the allowance the caller may use, 0 to 1: a backfill leaves some of it to
            daily work.

    Returns:
        The window with the call in it and 0, or the window unchanged and a pause in seconds.
    """
    window = _current(window, now)
    if window.closed_until > now:
        return window, window.closed_until - now
    room = max(int(window.allowed * share), 1) - window.used - window.in_flight
    if room > 0:
        return replace(window, in_flight=window.in_flight + 1), 0.0
    return window, max(window.ends_by - now, GLANCE_S)


def left(window: Window, number: int, heard: Announced | None, now: float) -> Window:
    """Give a call's place back and learn what its answer said.

    Args:
        window: What is known.
        number: The window the call had entered.
        heard: What its headers said; None without an answer.
        now: Monotonic instant in seconds.
    """
    window = _current(window, now)
    if number == window.number:
        window = replace(window, in_flight=max(window.in_flight - 1, 0))
    # An answer that overtakes the end of its window says nothing of the next one.
    is_old = number != window.number and heard is not None and heard.ends_by <= now + _OLD_S
    if heard is None or is_old:
        return window
    if heard.ends_by > window.ends_by + _OLD_S:
        return replace(window, allowed=heard.allowed, used=heard.used, ends_by=heard.ends_by)
    # Answers overtake each other: the highest count and the earliest end are the latest news.
    return replace(
        window,
        allowed=heard.allowed,
        used=max(window.used, heard.used),
        ends_by=min(window.ends_by, heard.ends_by),
    )


def spending(window: Window, now: float, *, is_awaited: bool) -> Spending:
    """Say how much of the window is used."""
    window = _current(window, now)
    return Spending(window.used + window.in_flight, window.allowed, is_awaited)


def promised(window: Window, per_minute: int) -> Window:
    """Learn what the organization's limits say; what an answer said of this window is better."""
    return window if window.ends_by else replace(window, allowed=per_minute)


def closed(window: Window, until: float) -> Window:
    """Hold everybody back: one 429 is meant for all of them."""
    return replace(window, closed_until=max(window.closed_until, until))


def _current(window: Window, now: float) -> Window:
    """Return the window that is open now: an ended one, or one of another boot, is void."""
    if window.closed_until > now + LONGEST_S:
        window = replace(window, closed_until=0.0)
    if window.ends_by and not now < window.ends_by < now + LONGEST_S:
        return replace(window, number=window.number + 1, used=0, in_flight=0, ends_by=0.0)
    return window
