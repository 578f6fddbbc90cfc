"""Runs the two hosts, API and media, each on a loopback port of its own."""

import asyncio
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from recordings_pipeline.simulator.api import api_of
from recordings_pipeline.simulator.clients import clients_of
from recordings_pipeline.simulator.contents import Content, media_of
from recordings_pipeline.simulator.media import media_host_of
from recordings_pipeline.simulator.options import Options, options_from
from recordings_pipeline.simulator.site import Hosts, Site
from recordings_pipeline.simulator.state import WINDOW_S, State
from recordings_pipeline.simulator.traffic import Traffic, traffic_of
from recordings_pipeline.simulator.wire import Protocol
from recordings_pipeline.simulator.world import World

HOST = "127.0.0.1"
# Connections that may wait while every process is busy.
_BACKLOG = 2_048
_STOP_S = 5.0


class Simulator:
    """A Genesys Cloud for the length of a ``with`` block."""

    def __init__(self, options: Options) -> None:
        """Open the ports at once: a client that connects early waits in their queue.

        Raises:
            OSError: A port is taken.
            BadShape: The world's file makes no sense.
            BadPlan: The fault plan makes no sense.
        """
        self.options = options
        self.world = World(options.seed, options.shape)
        options.plan  # noqa: B018 (raises what is wrong with it before anything starts)
        self._stack = ExitStack()
        sockets = [_listening(port) for port in (options.port, options.media_port)]
        self._sockets = [self._stack.enter_context(listener) for listener in sockets]
        api_url, self.media_url = (_address(listener) for listener in self._sockets)
        self.base_url = api_url
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="simulator-"))
        self._state = State(Path(folder), WINDOW_S / options.speed)
        self._stack.callback(self._state.close)
        self._hosts = Hosts(api_url, self.media_url)

    @property
    def environment(self) -> dict[str, str]:
        """The variables a client needs."""
        return self.environments[0]

    @property
    def environments(self) -> Sequence[dict[str, str]]:
        """The variables of each client."""
        return [
            {
                "GENESYS_BASE_URL": self.base_url,
                "GENESYS_CLIENT_ID": client.id,
                "GENESYS_CLIENT_SECRET": client.secret,
            }
            for client in clients_of(self.options)
        ]

    @property
    def traffic(self) -> Traffic:
        """What has happened so far."""
        return traffic_of(self._state)

    def media(self, recording_id: str, number: int = 1) -> bytes:
        """Return the bytes of a recording's file, whatever the hosts would answer.

        Raises:
            KeyError: There is no such recording.
        """
        content = self.content(recording_id, number)
        return b"".join(content.blocks(0, content.size))

    def content(self, recording_id: str, number: int = 1) -> Content:
        """Return a recording's file with its size, type and ETag.

        Raises:
            KeyError: There is no such recording.
        """
        recording = self.world.recording(recording_id)
        if recording is None:
            raise KeyError(recording_id)
        return media_of(recording, number, None)

    def __enter__(self) -> Self:
        if self.options.processes == 1:
            serving = _Serving(Site(self.options, self._state, self._hosts), self._sockets)
            self._stack.callback(serving.stop)
            serving.start()
            return self
        for _ in range(self.options.processes):
            worker = self._worker()
            self._stack.callback(_end, worker)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _worker(self) -> subprocess.Popen[bytes]:
        """Start a process that serves the same sockets from the same state."""
        numbers = [listener.fileno() for listener in self._sockets]
        task = {
            "options": self.options.as_plain(),
            "folder": str(self._state.folder),
            "sockets": numbers,
            "urls": [self.base_url, self.media_url],
            "parent": os.getpid(),
        }
        worker = subprocess.Popen(
            [sys.executable, "-m", "recordings_pipeline.simulator.server"],
            stdin=subprocess.PIPE,
            pass_fds=numbers,
        )
        if worker.stdin is not None:
            worker.stdin.write(json.dumps(task).encode() + b"\n")
            worker.stdin.flush()
        return worker


class _Serving:
    """Both hosts in one event loop, in a thread of this process."""

    def __init__(self, site: Site, sockets: Sequence[socket.socket]) -> None:
        # A body that is cut on purpose is no news.
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)
        self._servers = [
            uvicorn.Server(
                uvicorn.Config(
                    app,
                    http=Protocol,
                    log_config=None,
                    log_level=logging.CRITICAL + 1,
                    access_log=False,
                    lifespan="off",
                    ws="none",
                )
            )
            for app in (api_of(site), media_host_of(site))
        ]
        self._sockets = sockets
        self._thread = threading.Thread(target=self.run, daemon=True, name="simulator")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, whatever is under way."""
        for server in self._servers:
            server.should_exit = True
            server.force_exit = True
        self._thread.join()

    def run(self) -> None:
        """Serve until stopped."""
        factory = self._servers[0].config.get_loop_factory()
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        await asyncio.gather(
            *(
                server._serve([listener])  # noqa: SLF001 (`serve` takes the signal handlers)
                for server, listener in zip(self._servers, self._sockets, strict=True)
            )
        )


def _end(worker: subprocess.Popen[bytes]) -> None:
    """Close a worker's standard input, which ends it, and make sure."""
    if worker.stdin is not None:
        worker.stdin.close()
    try:
        worker.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    listener.listen(_BACKLOG)
    return listener


def _address(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


def _work() -> None:
    """Be one of several processes: serve until standard input closes."""
    task = json.loads(sys.stdin.readline())
    options = options_from(task["options"])
    api_url, media_url = task["urls"]
    hosts = Hosts(api_url, media_url)
    state = State(Path(task["folder"]), WINDOW_S / options.speed)
    site = Site(options, state, hosts)
    serving = _Serving(site, [socket.socket(fileno=number) for number in task["sockets"]])
    serving.start()
    sys.stdin.read()
    serving.stop()
    if os.getppid() != task["parent"]:
        # Killed without a chance to clean up: nobody else is left to do it.
        shutil.rmtree(task["folder"], ignore_errors=True)


if __name__ == "__main__":
    _work()
