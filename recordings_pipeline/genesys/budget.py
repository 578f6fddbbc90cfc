"""Keeps all threads of a client within the organization's API allowance."""

import threading
import time
from collections.abc import Mapping

from recordings_pipeline.core.allowance import Allowance, announced, pause_s
from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.genesys.meter import Meter


class Gate:
    """Lets a call pass when the server's own count says that there is room for it."""

    def __init__(self, meter: Meter, stop: threading.Event) -> None:
        self._meter = meter
        self._stop = stop
        self._lock = threading.Lock()
        self._allowance: Allowance | None = None
        self._in_flight = 0
        self._closed_until = 0.0

    def enter(self) -> None:
        """Wait for room.

        Raises:
            Interrupted: The run was asked to stop.
        """
        if self._stop.is_set():
            raise Interrupted
        while (pause := self._try_to_enter()) > 0:
            self.wait(pause)

    def leave(self, headers: Mapping[str, str] | None) -> None:
        """Give the place back and learn what the server counted; None without an answer."""
        with self._lock:
            self._in_flight -= 1
            heard = announced(headers, time.monotonic()) if headers is not None else None
            self._allowance = heard or self._allowance

    def close_for(self, seconds: float) -> None:
        """Hold every thread back: one 429 is meant for all of them."""
        with self._lock:
            self._closed_until = max(self._closed_until, time.monotonic() + seconds)

    def wait(self, seconds: float) -> None:
        """Wait, counted, until the time is over.

        Raises:
            Interrupted: The run was asked to stop meanwhile.
        """
        started = time.monotonic()
        if self._stop.wait(seconds):
            raise Interrupted
        self._meter.waited(time.monotonic() - started)

    def _try_to_enter(self) -> float:
        with self._lock:
            now = time.monotonic()
            if self._allowance is not None and self._allowance.ends_at <= now:
                self._allowance = None
            pause = max(self._closed_until - now, pause_s(self._allowance, self._in_flight, now))
            if pause <= 0:
                self._in_flight += 1
            return pause
