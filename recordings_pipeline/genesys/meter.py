"""What an organization was asked for and what came: counted where it happens.

So that a stage that fails half-way is counted as well.
"""

import threading
from collections import Counter

from recordings_pipeline.core.throughput import Throughput


class Meter:
    """Counts for all threads that share a client."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._waited_s = 0.0
        self._rate_limited = 0
        self._bytes = 0
        self._resumed = 0

    def called(self, route: str) -> None:
        """Count a request by method and path template."""
        with self._lock:
            self._calls[route] += 1

    def waited(self, seconds: float) -> None:
        with self._lock:
            self._waited_s += seconds

    def rate_limited(self) -> None:
        with self._lock:
            self._rate_limited += 1

    def received(self, count: int) -> None:
        """Count bytes of media and transcripts, whether or not their file is ever whole."""
        with self._lock:
            self._bytes += count

    def resumed(self) -> None:
        with self._lock:
            self._resumed += 1

    def reading(self) -> Throughput:
        """Return the counters so far; subtract two readings to measure a phase."""
        with self._lock:
            return Throughput(
                bytes_moved=self._bytes,
                resumed_count=self._resumed,
                calls_by_route=dict(self._calls),
                waited_s=self._waited_s,
                rate_limited_count=self._rate_limited,
            )
