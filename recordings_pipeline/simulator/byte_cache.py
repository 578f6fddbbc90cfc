"""Keeps what was expensive to make, up to a number of bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value", bound=Sized)


class ByteCache(Generic[Value]):
    """Values by key, the least recently used dropped first; safe for threads.

    Whoever asks for a value that is being made waits for it: each is made once. A value above
    the limit is handed out and not kept.

    Attributes:
        limit_bytes: Most bytes kept; a value counts its ``len``.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, Value] = OrderedDict()
        self._making: dict[Hashable, Future[Value]] = {}
        self._bytes = 0
        self._made_count = 0

    @property
    def held_bytes(self) -> int:
        """Bytes kept now."""
        return self._bytes

    @property
    def made_count(self) -> int:
        """How many values were made so far."""
        return self._made_count

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made by ``make`` if it is not kept.

        Raises:
            Exception: Whatever ``make`` raised, to everybody who waited for it.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            making = self._making.get(key)
            if making is None:
                mine = self._making[key] = Future()
        if making is not None:
            return making.result()
        try:
            mine.set_result(make())
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            self._settle(key, mine)
        return mine.result()

    def _settle(self, key: Hashable, made: Future[Value]) -> None:
        with self._lock:
            del self._making[key]
            if made.exception() is not None:
                return
            value = made.result()
            self._made_count += 1
            if len(value) > self.limit_bytes:
                return
            self._kept[key] = value
            self._bytes += len(value)
            while self._bytes > self.limit_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped)
