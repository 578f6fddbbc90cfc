"""A transaction that an interrupt cannot leave open."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def uninterrupted() -> Generator[None]:
    """Put off Ctrl-C until the end of the ``with`` block.

    Python raises ``KeyboardInterrupt`` between any two instructions, also between those that end
    a transaction: its lock then stays with an object that nobody closes, and whoever writes next
    waits for half a minute. Other threads than the main one are never interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    ours = [number for number in _SIGNALS if callable(before[number])]
    try:
        for number in ours:
            signal.signal(number, lambda *call: came.append(call))
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
        for sent, frame in came:
            handler = before[signal.Signals(sent)]
            if callable(handler):
                handler(sent, frame)
