"""Work in threads, results in the order of the items."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
# Items that are under way or done for each worker, so that one long call does not hold up the rest.
_AHEAD = 16


def in_order(
    items: Iterable[Item], work: Callable[[Item], Result], *, workers: int, stop: threading.Event
) -> Generator[Result]:
    """Call ``work`` on every item in threads, and yield the results in the order of the items.

    An interrupt (Ctrl-C, a run cancelled from the UI) sets ``stop``, upon which work is expected to
    return at once; it is raised when all results were yielded. Any other exception ends it.
    """
    waiting = iter(items)
    running: deque[Future[Result]] = deque()
    interrupt: BaseException | None = None
    with ThreadPoolExecutor(max_workers=workers) as pool:
        try:
            while True:
                for item in islice(waiting, _AHEAD * workers - len(running)):
                    running.append(pool.submit(work, item))
                if not running:
                    break
                try:
                    result = running[0].result()
                except BaseException as error:
                    if isinstance(error, Exception):
                        raise
                    stop.set()
                    interrupt = error
                    continue
                running.popleft()
                yield result
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if interrupt is not None:
        raise interrupt
