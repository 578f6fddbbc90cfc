"""Work in a few threads, results in the calling one."""

import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@contextmanager
def stopping_on_interrupt(stop: threading.Event) -> Generator[None]:
    """Set ``stop`` when a person interrupts the ``with`` block, so that waits elsewhere end."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, Exception):
            stop.set()
        raise


@contextmanager
def every(seconds: float, call: Callable[[], None]) -> Generator[None]:
    """Call something again and again in a thread of its own, for the length of a ``with`` block."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(seconds):
            call()

    thread = threading.Thread(target=work, name="every", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def for_each(
    items: Iterable[Item],
    work: Callable[[Item], Result],
    done: Callable[[Item, Result], None],
    *,
    workers: int,
    stop: threading.Event,
) -> None:
    """Call ``work`` on every item in threads, and ``done`` here, one at a time, as they finish.

    At most twice as many items as workers are on the way, so that memory does not grow with the
    work. The first exception ends it: nothing new is started, what runs is waited for. If it is an
    interrupt (Ctrl-C, a run cancelled from the UI), ``stop`` is set so that the wait is short.
    """
    waiting = iter(items)
    running: dict[Future[Result], Item] = {}
    with ThreadPoolExecutor(max_workers=workers) as pool, stopping_on_interrupt(stop):
        try:
            while True:
                for item in islice(waiting, 2 * workers - len(running)):
                    running[pool.submit(work, item)] = item
                if not running:
                    return
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    done(running.pop(future), future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
