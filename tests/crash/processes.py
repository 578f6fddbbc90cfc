"""Exports as processes: started by the dozen, sent signals, awaited."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from recordings_pipeline.core.days import Day
from recordings_pipeline.simulator.server import Simulator

ROOT = Path(__file__).parent.parent.parent


class Run:
    """One export under way, or over; await it once."""

    def __init__(self, processes: "Processes", number: int, output: Path) -> None:
        self._processes = processes
        self._number = number
        self._descriptor = os.pidfd_open(number)
        self._output = output

    def ends_within(self, seconds: float) -> bool:
        """Wait for the end, but no longer than that."""
        return bool(select.select([self._descriptor], [], [], seconds)[0])

    def send(self, number: signal.Signals) -> None:
        signal.pidfd_send_signal(self._descriptor, number)

    def whereabouts(self) -> str:
        """Return what the run has printed, and where each of its threads is."""
        self.send(signal.SIGUSR1)
        self.ends_within(1)
        return self.output

    def code(self) -> int:
        """Wait for the end and return the exit code, below zero for a signal."""
        code = self._processes.ask({"await": self._number})
        os.close(self._descriptor)
        return code

    @property
    def output(self) -> str:
        """What all exports into this directory have printed."""
        return self._output.read_text() if self._output.exists() else ""


class Processes:
    """The fork server for the length of a ``with`` block."""

    def __enter__(self) -> Self:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.fork_server"],
            cwd=ROOT,
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

    def start(self, simulator: Simulator, day: Day, data: Path) -> Run:
        """Start the export of a day, as a person types it."""
        output = data.with_suffix(".txt")
        span = ["--from", day.key, "--to", day.key, "--data", str(data)]
        wanted = {
            "arguments": ["export", *span],
            "environ": simulator.environment,
            "output": str(output),
        }
        return Run(self, self.ask({"start": wanted}), output)

    def ask(self, request: dict[str, Any]) -> int:
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())
