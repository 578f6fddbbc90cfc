"""Starts exports that have everything imported: a process with its own id every 50 ms, not 5 s.

``python -m tests.crash.fork_server`` reads one JSON line a request and answers each with a number:
``{"start": {"arguments", "environ", "output"}}`` forks a process that is `recordings-pipeline` and
says its id; ``{"await": id}`` waits for its end and says its exit code, below zero for a signal.
An ended process keeps its id until it is awaited, so that no signal can hit somebody else.
"""

import faulthandler
import importlib
import json
import os
import signal
import sys
from typing import Any

from recordings_pipeline.cli import main

# What an export imports on its way: seconds, and none of it is what is tested here.
_EXPORT = ("recordings_pipeline.cli.export", "recordings_pipeline.exporter", "pyarrow.parquet")


def serve() -> None:
    """Answer requests until standard input closes; in a forked process, be what was asked for."""
    imports()
    while line := sys.stdin.readline():
        request = json.loads(line)
        answer = _waited(request["await"]) if "await" in request else os.fork()
        if answer == 0 and "start" in request:
            be(**request["start"])
            main()
            return
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def imports() -> None:
    """Import what an export needs, before any process is forked."""
    for name in _EXPORT:
        importlib.import_module(name)


def _waited(process: int) -> int:
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status)


def be(arguments: list[str], environ: dict[str, Any], output: str) -> None:
    """Turn this process into one that a person started."""
    os.environ.update(environ)
    sys.argv = ["recordings-pipeline", *arguments]
    nothing = os.open(os.devnull, os.O_RDONLY)
    written = os.open(output, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    for source, target in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(source, target)
    for used in (nothing, written):
        os.close(used)
    # A run that does not stop is asked where it is.
    faulthandler.register(signal.SIGUSR1)


if __name__ == "__main__":
    serve()
