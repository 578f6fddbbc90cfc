"""How long a server runs: until Ctrl-C, or until the process that started it is gone."""

import signal
import sys
import threading


def wait_for_the_end(*, until_stdin_closes: bool, stop: threading.Event | None = None) -> None:
    """Wait for Ctrl-C or SIGTERM, or for the end of standard input.

    The pipe closes however the parent dies, even by SIGKILL, so that no server outlives it.
    """
    ended = stop or threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    if until_stdin_closes:
        threading.Thread(target=_end_with_stdin, args=(ended,), daemon=True).start()
    ended.wait()


def _end_with_stdin(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()
