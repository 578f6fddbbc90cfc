"""Runs a program that knows nothing of us, and ends it when whoever started us is gone.

``python -m recordings_pipeline.cli.guard ARGUMENTS`` runs this interpreter with the arguments, as
the leader of a process group. Signals for the group reach the program without our help.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from recordings_pipeline.cli.lifetime import when_stdin_closes

STOP_S = 15
_KILLED = 128


def guard(arguments: Sequence[str]) -> int:
    """Run the program to its end and return its exit code, as a shell would."""
    if os.getpgid(0) != os.getpid():
        os.setpgid(0, 0)  # so that ending the group ends nobody else
    # Not SIG_IGN, which the program would inherit; a handler is forgotten when it starts.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave_it_to_the_program)
    process = subprocess.Popen(  # noqa: S603 (our own commands)
        [sys.executable, *arguments], stdin=subprocess.DEVNULL
    )
    when_stdin_closes(lambda: _end(process))
    code = process.wait()
    return code if code >= 0 else _KILLED - code


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole group to stop, then make it: this ends the guard as well."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        os.killpg(os.getpgid(0), number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_S)
            return


def _leave_it_to_the_program(*_: object) -> None:
    """Let the program answer a signal that was meant for the group."""


if __name__ == "__main__":
    sys.exit(guard(sys.argv[1:]))
