"""What may go wrong with one call that changes a file, and exports in which it does."""

import errno
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from recordings_pipeline.core.days import Day
from recordings_pipeline.simulator.server import Simulator
from tests.crash.processes import ROOT

SOURCE = Path(__file__).parent / "faultpoint.c"
DAY = Day.from_key("2026-01-31")
NO_COMPILER = "gcc compiles what makes calls fail, and is not installed"


class Mode(IntEnum):
    """What happens at the chosen call; the numbers are those of `faultpoint.c`."""

    OFF = 0
    COUNT = 1
    KILL_BEFORE = 2
    TORN = 3
    ERROR_ONCE = 4
    ERROR_FROM = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong.

    Attributes:
        error: What the system says, where the process is not killed.
        is_power_lost: Whether what was never synced is lost as well.
    """

    name: str
    mode: Mode
    error: int = 0
    is_power_lost: bool = False


KILLED = Fault("killed before", Mode.KILL_BEFORE)
UNPLUGGED = Fault("power lost before", Mode.KILL_BEFORE, is_power_lost=True)
FAULTS = (
    KILLED,
    Fault("torn", Mode.TORN),
    Fault("disk full from then on", Mode.ERROR_FROM, errno.ENOSPC),
    Fault("I/O error once", Mode.ERROR_ONCE, errno.EIO),
    # Last, and so tried late in a run: what was published by then must have been synced.
    UNPLUGGED,
)
NONE = Fault("nothing", Mode.COUNT)


@dataclass(frozen=True, slots=True)
class Ended:
    """How an export ended.

    Attributes:
        code: Below zero for a signal.
        calls: How many calls changed files.
        hit: The one that went wrong, and its file; empty when none did.
        said: What it printed.
    """

    code: int
    calls: int
    hit: str
    said: str


class FaultServer:
    """Runs exports one after the other, for the length of a ``with`` block."""

    def __init__(self, library: Path, source: Path = ROOT) -> None:
        """Use the compiled library, and the package below ``source``."""
        self._library = library
        self._source = source

    def __enter__(self) -> Self:
        environ = {**os.environ, "LD_PRELOAD": str(self._library), "PYTHONPATH": str(self._source)}
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.fault_server"],
            cwd=self._source,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.communicate()

    def export(
        self, simulator: Simulator, data: Path, fault: Fault = NONE, at: int = 0, *, is_core: bool
    ) -> Ended:
        """Export the core of the day, or all of it as a person types it; one call goes wrong."""
        output = data.with_suffix(".txt")
        output.write_text("")
        span = ["--from", DAY.key, "--to", DAY.key, "--data", str(data)]
        request = {
            "day": DAY.key if is_core else "",
            "start": {
                "arguments": ["export", *span],
                "environ": {
                    **simulator.environment,
                    "RECORDINGS_POLL_S": "0.02",
                    "RECORDINGS_DATA": str(data),
                    "RECORDINGS_RESERVE_GB": "0",
                },
                "output": str(output),
            },
            "is_power_lost": fault.is_power_lost,
            "fault": {"below": str(data), "at": at, "mode": fault.mode, "error": fault.error},
        }
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return Ended(**json.loads(self._server.stdout.readline()), said=output.read_text())


def compiled(folder: Path) -> Path | None:
    """Compile what makes calls fail; None without a compiler."""
    compiler = shutil.which("gcc")
    if compiler is None:
        return None
    library = folder / "faultpoint.so"
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    return library
