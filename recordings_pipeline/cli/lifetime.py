"""How long a program runs: until Ctrl-C, or until the process that started it is gone.

The pipe of standard input closes however the parent dies, even by SIGKILL, so that no program
outlives it.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable


def catch_the_end(*, until_stdin_closes: bool = False) -> threading.Event:
    """Return an event that Ctrl-C, SIGTERM or the end of standard input will set.

    Call it before saying that the server is ready: who reads that may stop it at once.
    """
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    if until_stdin_closes:
        _when_stdin_closes(ended.set)
    return ended


def interrupt_when_stdin_closes() -> None:
    """Interrupt this process, as Ctrl-C would, when the one that started it is gone."""
    _when_stdin_closes(lambda: os.kill(os.getpid(), signal.SIGINT))


def _when_stdin_closes(act: Callable[[], None]) -> None:
    def wait() -> None:
        sys.stdin.read()
        act()

    threading.Thread(target=wait, daemon=True, name="stdin").start()
