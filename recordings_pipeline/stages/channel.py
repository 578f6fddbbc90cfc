"""A bounded queue between threads that ends when work is over, or halts when it fails."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Halted(Exception):
    """Nobody wants items any more."""


class Channel(Generic[Item]):
    """Hands items from some threads to others, at most ``size`` of them waiting.

    `close` says that no more will come: what waits is still handed out. `halt` wakes everybody up
    at once, and nothing is handed out any more.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: deque[Item] = deque()
        # Two queues of sleepers on one lock: an item wakes one thread that can use it, not all.
        self._lock = threading.Lock()
        self._has_item = threading.Condition(self._lock)
        self._has_room = threading.Condition(self._lock)
        self._is_closed = self._is_halted = False

    @property
    def is_over(self) -> bool:
        """Whether nothing waits and nothing will come."""
        with self._lock:
            return self._is_halted or (self._is_closed and not self._items)

    def put(self, item: Item) -> None:
        """Hand an item on, waiting for room.

        Raises:
            Halted: Nobody will take it.
        """
        with self._lock:
            while len(self._items) >= self._size and not self._is_halted:
                self._has_room.wait()
            if self._is_halted:
                raise Halted
            self._items.append(item)
            self._has_item.notify()

    def take(self, wait_s: float) -> Item | None:
        """Return the next item; None when none came in time, or it is over."""
        end = time.monotonic() + wait_s
        with self._lock:
            while not self._items and not (self._is_closed or self._is_halted):
                left = end - time.monotonic()
                if left <= 0:
                    break
                self._has_item.wait(left)
            if self._is_halted or not self._items:
                return None
            self._has_room.notify()
            return self._items.popleft()

    def waiting(self, most: int) -> list[Item]:
        """Return up to ``most`` of the items that wait already."""
        with self._lock:
            count = 0 if self._is_halted else min(most, len(self._items))
            self._has_room.notify(count)
            return [self._items.popleft() for _ in range(count)]

    def __iter__(self) -> Iterator[Item]:
        """Yield items until it is over."""
        while not self.is_over:
            item = self.take(1.0)
            if item is not None:
                yield item

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            self._has_item.notify_all()

    def halt(self) -> None:
        with self._lock:
            self._is_halted = True
            self._has_item.notify_all()
            self._has_room.notify_all()
