"""The organization's API allowance: 300 calls a minute are scarcer than bandwidth."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_PER_MINUTE = 300
WINDOW_S = 60.0
_COUNT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the server last said of the current window.

    The server counts for every process that uses the client, so its count is the shared truth.

    Attributes:
        used: Calls counted in the window.
        allowed: Calls the window has room for.
        ends_at: Monotonic instant, in seconds, at which the window ends.
    """

    used: int
    allowed: int
    ends_at: float


def announced(headers: Mapping[str, str], now: float) -> Allowance | None:
    """Read the ``inin-ratelimit-*`` headers; None when they are absent or make no sense."""
    names = ("inin-ratelimit-count", "inin-ratelimit-allowed", "inin-ratelimit-reset")
    values = [headers.get(name, "") for name in names]
    if not all(_COUNT.fullmatch(value) for value in values):
        return None
    used, allowed, reset_s = (int(value) for value in values)
    return Allowance(used, allowed, now + min(reset_s, WINDOW_S)) if allowed else None


def pause_s(allowance: Allowance | None, in_flight: int, now: float) -> float:
    """Return how long the next call should wait so that the server need not say 429.

    Args:
        allowance: What the server last said; None before its first answer.
        in_flight: Calls on the way that it may not have counted yet.
        now: Monotonic instant in seconds.
    """
    if allowance is None or allowance.used + in_flight < allowance.allowed:
        return 0.0
    return max(allowance.ends_at - now, 0.0)
