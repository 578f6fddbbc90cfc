"""Keeps all threads and processes of a host within the organization's API allowance."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from recordings_pipeline.core.allowance import (
    Spending,
    Window,
    announced,
    closed,
    entered,
    left,
    promised,
    spending,
)
from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.throughput import Waits
from recordings_pipeline.genesys.meter import Meter

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Clock:
    """The platform's seconds.

    Attributes:
        monotonic: Our own, the same for all who share a window.
        speed: How much faster the platform's run; 1 unless it is simulated.
    """

    monotonic: Callable[[], float] = time.monotonic
    speed: float = 1.0

    def now(self) -> float:
        return self.monotonic() * self.speed


REAL_TIME = Clock()


class WindowStore(Protocol):
    """Where the window is kept: a place that its users change one after the other."""

    def change(self, act: Callable[[Window], tuple[Window, Result]]) -> Result:
        """Replace the window by what ``act`` makes of it, and return what it found out."""


class LocalWindow:
    """A window that the threads of one process share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window = Window()

    def change(self, act: Callable[[Window], tuple[Window, Result]]) -> Result:
        with self._lock:
            self._window, result = act(self._window)
            return result


class Gate:
    """Lets a call pass when the platform's own count says that there is room for it."""

    def __init__(
        self,
        meter: Meter,
        stop: threading.Event,
        store: WindowStore | None = None,
        *,
        share: float = 1.0,
        clock: Clock = REAL_TIME,
    ) -> None:
        """Make a gate.

        Args:
            meter: Counts the waits.
            stop: Set it to end every wait.
            store: What is known of the window; of this process alone by default.
            share: Part of the allowance that calls through this gate may use, 0 to 1.
            clock: The platform's seconds.
        """
        self._meter = meter
        self._stop = stop
        self._store = LocalWindow() if store is None else store
        self._share = share
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting = 0

    def enter(self) -> int:
        """Wait for room and return the number of the window that was entered.

        Raises:
            Interrupted: The run was asked to stop.
        """
        if self._stop.is_set():
            raise Interrupted
        while True:
            number, pause = self._store.change(self._try_to_enter)
            if pause <= 0:
                return number
            self.wait(pause)

    def leave(self, number: int, headers: Mapping[str, str] | None) -> None:
        """Give the place back and learn what the platform counted; None without an answer."""
        now = self._clock.now()
        heard = None if headers is None else announced(headers, now)
        self._store.change(lambda window: (left(window, number, heard, now), None))

    def close_for(self, seconds: float) -> None:
        """Hold every thread and process back: one 429 is meant for all of them."""
        until = self._clock.now() + seconds
        self._store.change(lambda window: (closed(window, until), None))

    def promise(self, per_minute: int) -> None:
        """Learn the organization's limit, for as long as no answer has said what is allowed."""
        self._store.change(lambda window: (promised(window, per_minute), None))

    def wait(self, seconds: float) -> None:
        """Wait, counted, until the time is over by the platform's clock.

        Raises:
            Interrupted: The run was asked to stop meanwhile.
        """
        started = self._clock.monotonic()
        self._waits(1)
        try:
            if self._stop.wait(seconds / self._clock.speed):
                raise Interrupted
        finally:
            self._waits(-1)
        self._meter.waited(Waits(allowance_s=self._clock.monotonic() - started))

    def spending(self) -> Spending:
        """Say what there is of the allowance now."""
        now, is_awaited = self._clock.now(), self._waiting > 0
        return self._store.change(
            lambda window: (window, spending(window, now, is_awaited=is_awaited))
        )

    def _waits(self, change: int) -> None:
        with self._lock:
            self._waiting += change

    def _try_to_enter(self, window: Window) -> tuple[Window, tuple[int, float]]:
        window, pause = entered(window, self._clock.now(), share=self._share)
        return window, (window.number, pause)
