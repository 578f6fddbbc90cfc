"""Starts exports of which one chosen call that changes a file goes wrong.

``python -m tests.crash.fault_server`` runs with `faultpoint.c` loaded before the C library. It
reads one JSON line a request, ``{"start": {"arguments", "environ", "output"}, "fault": {"below",
"at", "mode", "error"}, "is_power_lost", "day"}``, runs that export in a forked process to its end
(only the core of it, if ``day`` is not empty), and answers
``{"code", "calls", "hit"}``: its exit code, how many calls there were, and which one was hit.
"""

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any

from recordings_pipeline.cli import main
from tests.crash import core_day
from tests.crash.fork_server import be, imports


def serve() -> None:
    """Answer requests until standard input closes; in a forked process, be what was asked for."""
    imports()
    shim = ctypes.CDLL(None)
    shim.faultpoint_calls.restype = shim.faultpoint_synced.restype = ctypes.c_long
    shim.faultpoint_hit.restype = ctypes.c_char_p
    while line := sys.stdin.readline():
        request = json.loads(line)
        process = os.fork()
        if process == 0:
            be(**request["start"])
            _arm(shim, **request["fault"])
            core_day.run(request["day"]) if request["day"] else main()
            return
        _, status = os.waitpid(process, 0)
        shim.faultpoint_off()
        if request["is_power_lost"]:
            _lose_power(shim, Path(request["fault"]["below"]))
        told = {
            "code": os.waitstatus_to_exitcode(status),
            "calls": shim.faultpoint_calls(),
            "hit": shim.faultpoint_hit().decode(),
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def _lose_power(shim: Any, below: Path) -> None:  # noqa: ANN401 (ctypes)
    """Take what was written and never synced: names survive their bytes, as on ext4."""
    for path in below.rglob("*"):
        if path.is_file():
            size = shim.faultpoint_synced(ctypes.c_ulong(path.stat().st_ino))
            if 0 <= size < path.stat().st_size:
                os.truncate(path, size)


def _arm(shim: Any, below: str, at: int, mode: int, error: int) -> None:  # noqa: ANN401 (ctypes)
    shim.faultpoint_arm(below.encode(), ctypes.c_long(at), mode, error)


if __name__ == "__main__":
    serve()
