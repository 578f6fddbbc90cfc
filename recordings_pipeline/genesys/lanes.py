"""How many questions are on their way at once: no more than help, fewer while the API suffers."""

import threading
import time
from collections.abc import Callable

from recordings_pipeline.core.concurrency import FIRST_CALLS, Concurrency, Window
from recordings_pipeline.core.errors import Interrupted

_WINDOW_S = 1.0
_STOP_CHECK_S = 0.2
# Fewer answers than this many times the lanes say little about a rate.
_LEAST_ROUNDS = 2


class Lanes:
    """Lets a question pass when a lane is free; threads share it, and each call takes one."""

    def __init__(
        self,
        most: int,
        stop: threading.Event,
        *,
        window_s: float = _WINDOW_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make lanes.

        Args:
            most: What a person allows.
            stop: Set it to end every wait.
            window_s: For how long answers are counted before the number of lanes is reconsidered.
            monotonic: Seconds that only grow.
        """
        self._stop = stop
        self._window_s = window_s
        self._monotonic = monotonic
        self._concurrency = Concurrency(min(FIRST_CALLS, most), most)
        self._changed = threading.Condition()
        self._busy = self._waiting = self._cuts = self._answers = 0
        self._was_full, self._window_began = True, monotonic()

    @property
    def limit(self) -> int:
        """How many questions may be on their way at present."""
        return self._concurrency.limit

    def enter(self) -> int:
        """Wait for a free lane and take it; what is returned is to be given to `leave`.

        Raises:
            Interrupted: The run was asked to stop.
        """
        with self._changed:
            self._waiting += 1
            try:
                while self._busy >= self.limit:
                    if self._stop.is_set():
                        raise Interrupted
                    self._changed.wait(_STOP_CHECK_S)
            finally:
                self._waiting -= 1
            self._busy += 1
            return self._cuts

    def leave(self, cuts: int, *, is_setback: bool) -> None:
        """Free a lane.

        Args:
            cuts: What `enter` returned. A setback of a question from before the last cut is no
                news: one trouble would close all lanes.
            is_setback: Whether the API is asked too much.
        """
        with self._changed:
            self._busy -= 1
            self._answers += 1
            self._was_full = self._was_full and self._waiting > 0
            self._adapt(is_setback=is_setback and cuts == self._cuts)
            self._changed.notify_all()

    def _adapt(self, *, is_setback: bool) -> None:
        seconds = self._monotonic() - self._window_began
        has_news = seconds >= self._window_s and self._answers >= _LEAST_ROUNDS * self.limit
        if is_setback or has_news:
            window = Window(self._answers, seconds, int(is_setback), self._was_full)
            self._concurrency = self._concurrency.after(window)
            self._cuts += is_setback
            self._answers = 0
            self._was_full, self._window_began = True, self._monotonic()
