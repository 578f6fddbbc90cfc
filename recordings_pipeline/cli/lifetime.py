"""How long a server runs: until Ctrl-C, or until the process that started it is gone."""

import signal
import sys
import threading


def catch_the_end(*, until_stdin_closes: bool = False) -> threading.Event:
    """Return an event that Ctrl-C, SIGTERM or the end of standard input will set.

    Call it before saying that the server is ready: who reads that may stop it at once. The pipe
    of standard input closes however the parent dies, even by SIGKILL, so that no server outlives
    it.
    """
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    if until_stdin_closes:
        threading.Thread(target=_end_with_stdin, args=(ended,), daemon=True).start()
    return ended


def _end_with_stdin(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()
