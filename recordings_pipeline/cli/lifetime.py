"""How long a program runs: until Ctrl-C, or until the process that started it is gone.

The pipe of standard input closes however the parent dies, even by SIGKILL, so that no program
outlives it.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager


def catch_the_end(*, until_stdin_closes: bool = False) -> threading.Event:
    """Return an event that Ctrl-C, SIGTERM, a closed terminal or the end of standard input sets.

    Call it before saying that the server is ready: who reads that may stop it at once.
    """
    ended = threading.Event()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # `nohup` asks to outlive a terminal
        numbers.append(signal.SIGHUP)
    for number in numbers:
        signal.signal(number, lambda *_: ended.set())
    if until_stdin_closes:
        when_stdin_closes(ended.set)
    return ended


@contextmanager
def interrupted_by_sigterm() -> Generator[None]:
    """Let SIGTERM, with which service managers and containers stop a program, act as Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def interrupt_when_stdin_closes() -> None:
    """Interrupt this process, as Ctrl-C would, when the one that started it is gone."""
    when_stdin_closes(lambda: os.kill(os.getpid(), signal.SIGINT))


def when_stdin_closes(act: Callable[[], None]) -> None:
    """Act, in a thread of its own, once the process that started this one is gone."""

    def wait() -> None:
        sys.stdin.read()
        act()

    threading.Thread(target=wait, daemon=True, name="stdin").start()
