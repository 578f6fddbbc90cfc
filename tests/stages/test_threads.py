"""Work goes to threads, results come back to the caller, and an error ends it."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from recordings_pipeline.stages.threads import every, for_each

WORKERS = 3


def test_results_come_one_by_one_to_the_calling_thread() -> None:
    seen: list[tuple[int, int, int]] = []

    def keep(item: int, result: int) -> None:
        seen.append((item, result, threading.get_ident()))

    for_each(range(20), lambda n: n * n, keep, workers=WORKERS, stop=threading.Event())

    assert sorted(seen) == [(n, n * n, threading.get_ident()) for n in range(20)]


def test_twice_as_many_items_as_workers_are_on_the_way() -> None:
    taken: list[int] = []
    kept: list[int] = []
    on_the_way: list[int] = []

    def items() -> Iterator[int]:
        for n in range(50):
            taken.append(n)
            yield n

    def keep(item: int, _result: int) -> None:
        on_the_way.append(len(taken) - len(kept))
        kept.append(item)

    for_each(items(), lambda n: n, keep, workers=WORKERS, stop=threading.Event())

    assert max(on_the_way) == 2 * WORKERS
    assert len(kept) == 50


def test_an_error_in_one_thread_stops_the_others_and_is_raised() -> None:
    started: list[int] = []

    def work(item: int) -> None:
        started.append(item)
        if item == 0:
            raise ValueError("the first one")

    with pytest.raises(ValueError, match="the first one"):
        for_each(range(1_000), work, lambda *_: None, workers=1, stop=threading.Event())

    assert len(started) <= 2


@pytest.mark.parametrize(
    ("error", "is_stopped"),
    [(ValueError, False), (KeyboardInterrupt, True), (SystemExit, True)],
    ids=["an error", "Ctrl-C", "a cancelled run"],
)
def test_only_an_interrupt_asks_running_work_to_stop(
    error: type[BaseException],
    is_stopped: bool,  # noqa: FBT001
) -> None:
    stop = threading.Event()

    def interrupted(_item: int, _result: int) -> None:
        raise error

    with pytest.raises(error):
        for_each([1], lambda n: n, interrupted, workers=1, stop=stop)

    assert stop.is_set() is is_stopped


def test_work_that_waits_is_woken_by_an_interrupt_and_waited_for() -> None:
    stop = threading.Event()
    waits = threading.Event()
    woken: list[bool] = []

    def work(item: int) -> None:
        if item == 0:
            waits.wait(10)
        else:
            waits.set()
            woken.append(stop.wait(10))

    def interrupted(_item: int, _result: None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        for_each([0, 1], work, interrupted, workers=2, stop=stop)

    assert woken == [True]


def test_what_is_called_again_and_again_ends_with_its_block() -> None:
    called: list[int] = []
    enough = threading.Event()

    def call() -> None:
        called.append(threading.get_ident())
        if len(called) == 3:
            enough.set()

    with suppress(KeyboardInterrupt), every(0.001, call):
        assert enough.wait(30)
        raise KeyboardInterrupt

    assert len(set(called)) == 1
    assert threading.get_ident() not in called
    assert not [thread for thread in threading.enumerate() if thread.name == "every"]
