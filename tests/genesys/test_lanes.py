"""Questions at once: as many as help, few while the API suffers, none after a stop."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from recordings_pipeline.core.concurrency import FIRST_CALLS
from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.genesys.lanes import Lanes

MOST = 8
ANSWER_S = 0.004
PATIENCE_S = 30.0


class Crowd:
    """More threads than there are lanes, each asking one question after the other."""

    def __init__(self, lanes: Lanes) -> None:
        self.is_troubled = False
        self.most_at_once = 0
        self._lanes = lanes
        self._at_once = 0
        self._lock = threading.Lock()

    def ask(self) -> None:
        cuts = self._lanes.enter()
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        time.sleep(ANSWER_S)  # what an answer takes
        with self._lock:
            self._at_once -= 1
        self._lanes.leave(cuts, is_setback=self.is_troubled)


@contextmanager
def asking(crowd: Crowd) -> Generator[None]:
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            crowd.ask()

    threads = [threading.Thread(target=work) for _ in range(2 * MOST)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def await_that(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(ANSWER_S)


def test_lanes_are_added_while_that_helps_closed_in_trouble_and_opened_again() -> None:
    lanes = Lanes(MOST, threading.Event(), window_s=0.05)
    crowd = Crowd(lanes)

    with asking(crowd):
        await_that(lambda: lanes.limit == MOST)
        crowd.is_troubled = True
        await_that(lambda: lanes.limit == 1)
        crowd.is_troubled = False
        await_that(lambda: lanes.limit > FIRST_CALLS)

    assert FIRST_CALLS < crowd.most_at_once <= MOST


def test_questions_from_before_a_cut_tell_nothing_new() -> None:
    lanes = Lanes(MOST, threading.Event())
    entered = [lanes.enter() for _ in range(FIRST_CALLS)]

    for cuts in entered:
        lanes.leave(cuts, is_setback=True)

    assert lanes.limit == FIRST_CALLS // 2


def test_lanes_that_nobody_waits_for_are_not_added() -> None:
    moments = iter(range(1_000))
    lanes = Lanes(MOST, threading.Event(), monotonic=lambda: float(next(moments)))

    for _ in range(100):
        lanes.leave(lanes.enter(), is_setback=False)

    assert lanes.limit == FIRST_CALLS


def test_who_waits_for_a_lane_hears_of_a_stop() -> None:
    stop = threading.Event()
    lanes = Lanes(1, stop)
    lanes.enter()
    threading.Timer(0.05, stop.set).start()

    with pytest.raises(Interrupted):
        lanes.enter()
