"""What happened so far, and whether it is time to misbehave: counters, never chance."""

import threading
from dataclasses import dataclass, field

from recordings_pipeline.simulator.options import Options

WINDOW_S = 60.0


@dataclass(frozen=True, slots=True)
class Count:
    """What the platform says of a token's window after counting a request."""

    used: int
    allowed: int
    reset_s: int
    is_over: bool


@dataclass(slots=True)
class Traffic:
    """Counts what was asked and served; safe to use from any thread."""

    logins: int = 0
    api_requests: int = 0
    rate_limited: int = 0
    media_requests: int = 0
    media_bytes: int = 0
    cut_bodies: int = 0
    resumed: int = 0
    transcript_requests: int = 0
    routes: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, name: str, amount: int = 1) -> int:
        """Count something and return the new total."""
        with self._lock:
            total: int = getattr(self, name) + amount
            setattr(self, name, total)
            return total

    def asked(self, route: str) -> None:
        with self._lock:
            self.routes[route] = self.routes.get(route, 0) + 1


class Faults:
    """Says which request is refused and which body is cut."""

    def __init__(self, options: Options, traffic: Traffic) -> None:
        self._options = options
        self.traffic = traffic
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}
        self._whole_bodies = 0

    def count(self, token: str, now: float) -> Count:
        """Count an API request of a token at a monotonic instant."""
        number = self.traffic.add("api_requests")
        with self._lock:
            began, used = self._windows.get(token, (now, 0))
            if now - began >= WINDOW_S:
                began, used = now, 0
            self._windows[token] = (began, used + 1)
        every = self._options.rate_limit_every
        is_over = used >= self._options.requests_per_minute or bool(every and not number % every)
        if is_over:
            self.traffic.add("rate_limited")
        reset_s = max(1, round(began + WINDOW_S - now))
        return Count(used + 1, self._options.requests_per_minute, reset_s, is_over)

    def is_cut(self) -> bool:
        """Say whether the whole media body that is about to be sent is cut."""
        with self._lock:
            self._whole_bodies += 1
            every = self._options.cut_every
            is_cut = bool(every and not self._whole_bodies % every)
        if is_cut:
            self.traffic.add("cut_bodies")
        return is_cut
