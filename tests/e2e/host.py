"""A host as `deploy/` describes it: code server, daemon and webserver, each a process."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import dagster as dg

from recordings_pipeline.simulator.server import Simulator
from tests.cli.conftest import environment
from tests.e2e.graph import Graph, wait_until

ROOT = Path(__file__).parent.parent.parent
STOP_S = 180.0
LOOPBACK = "127.0.0.1"
_WORKSPACE = """load_from:
  - grpc_server: {host: %s, port: %d, location_name: recordings_pipeline}
"""


class Host:
    """The services for the length of a ``with`` block; they are killed at its end.

    Attributes:
        data: Where recordings are exported to.
        environ: The variables of every service.
    """

    def __init__(self, root: Path, organization: Simulator, **more: str) -> None:
        self.data = root / "data"
        self.home = root / "dagster"
        for folder in (self.data, self.home):
            folder.mkdir(parents=True)
        shutil.copy(ROOT / "deploy" / "dagster.yaml", self.home)
        self._workspace = root / "workspace.yaml"
        self._logs = root
        self._code, web = free_port(), free_port()
        self._workspace.write_text(_WORKSPACE % (LOOPBACK, self._code))
        self.environ = environment(
            **organization.environment,
            **self.variables(),
            RECORDINGS_FIRST_DAY="2026-01-01",
            DAGSTER_DISABLE_TELEMETRY="1",
            **more,
        )
        workspace, at = ["-w", str(self._workspace)], ["-h", LOOPBACK, "-p"]
        module = ["-m", "recordings_pipeline.definitions"]
        self._commands = {
            "code": ["dagster", "api", "grpc", *module, *at, str(self._code)],
            "daemon": ["dagster._daemon", "run", *workspace],
            "web": ["dagster_webserver", *at, str(web), *workspace],
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.graph = Graph(f"http://{LOOPBACK}:{web}")
        self._stack = ExitStack()

    def variables(self) -> dict[str, str]:
        """Where everything lies."""
        return {"RECORDINGS_DATA": str(self.data), "DAGSTER_HOME": str(self.home)}

    def __enter__(self) -> Self:
        self._stack.callback(self.crash)
        self._stack.callback(self.graph.close)
        # Several processes that make a new home at once get in each other's way.
        with dg.DagsterInstance.from_config(str(self.home)) as instance:
            instance.get_runs_count()
        self.start(*self._commands)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def start(self, *names: str) -> None:
        """Start some services, and wait until the webserver has the code."""
        # Where tests run in the background SIGINT is ignored; services would inherit that, and
        # Dagster then ignores SIGTERM as well.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for name in names:
            with (self._logs / f"{name}.log").open("ab") as output:
                self._processes[name] = subprocess.Popen(
                    [sys.executable, "-m", *self._commands[name]],
                    env=self.environ,
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            if name == "code":
                # It listens once it has loaded the code; the others only warn until it does.
                wait_until(self._is_listening, "listening")
        wait_until(self.graph.is_loaded, "loaded")

    def _is_listening(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex((LOOPBACK, self._code)) == 0

    def stop(self, name: str) -> None:
        """Stop a service as a service manager does."""
        process = self._processes[name]
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_S)

    def crash(self) -> None:
        """Kill everything at once, runs included, as a power cut does."""
        for process in self._processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes.clear()

    def log(self, name: str) -> str:
        """Return what a service has printed."""
        return (self._logs / f"{name}.log").read_text()


def free_port() -> int:
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])


def entered(*arguments: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Enter one of our commands, and return what it has printed."""
    return subprocess.run(
        [sys.executable, "-m", "recordings_pipeline", *arguments],
        env=dict(environ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=STOP_S,
    )
