"""Tells whoever looks, from any thread and at any time, how far the stage at work has come.

Who works only leaves two numbers here; who looks pays for the rest.
"""

import threading
import time
from collections import deque

from recordings_pipeline.core.headway import Headway, Sample, recent_rate
from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.genesys.client import GenesysClient

# The rate shown is that of so many last seconds, or since the last look if that is longer ago.
_RECENT_S = 5.0


class Gauge:
    """How far one stage after the other has come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stage = ""
        self._reached = (0, 0)
        self._began = 0.0
        self._before = Throughput()
        self._samples: deque[Sample] = deque()

    def begin(self, stage: str, spent: Throughput) -> None:
        """Begin a stage with what was spent before it."""
        with self._lock:
            self._stage, self._reached, self._before = stage, (0, 0), spent
            self._samples = deque([Sample(time.monotonic(), spent.bytes_moved)])
            self._began = self._samples[0].at_s

    def reached(self, done: int, total: int) -> None:
        """Note how much is done."""
        self._reached = (done, total)

    def look(self, client: GenesysClient) -> Headway | None:
        """Say how far the stage has come; None before the first one."""
        spent, allowance = client.spent, client.allowance
        with self._lock:
            if not self._stage:
                return None
            now = time.monotonic()
            self._samples.append(Sample(now, spent.bytes_moved))
            while len(self._samples) > 2 and self._samples[1].at_s <= now - _RECENT_S:  # noqa: PLR2004
                self._samples.popleft()
            done, total = self._reached
            return Headway(
                stage=self._stage,
                done=done,
                total=total,
                bytes_moved=max(spent.bytes_moved - self._before.bytes_moved, 0),
                seconds=now - self._began,
                bytes_per_s=max(recent_rate(self._samples), 0.0),
                calls_used=allowance.used,
                calls_allowed=allowance.allowed,
                is_waiting=allowance.is_awaited,
                rate_limited_count=spent.rate_limited_count - self._before.rate_limited_count,
            )
