"""Runs the two hosts, API and media, each on a loopback port of its own."""

import logging
import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette

from recordings_pipeline.simulator.faults import Faults, Traffic
from recordings_pipeline.simulator.media import MediaHost
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.routes import Api, Hosts
from recordings_pipeline.simulator.world import World

HOST = "127.0.0.1"
CLIENT_ID = "11111111-2222-4333-8444-555555555555"
CLIENT_SECRET = "simulated-secret"  # noqa: S105 (opens nothing but this simulator)


class Simulator:
    """A Genesys Cloud for the length of a ``with`` block; both hosts run in threads."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.world = World(options.seed, options.calls_per_day)
        self.traffic = Traffic()
        self._faults = Faults(options, self.traffic)
        self._api_socket = _listening(options.port)
        self._media_socket = _listening(0)
        self.base_url = _address(self._api_socket)
        self.media_url = _address(self._media_socket)
        self._servers: list[tuple[uvicorn.Server, threading.Thread]] = []

    @property
    def environment(self) -> dict[str, str]:
        """The variables a client needs."""
        return {
            "GENESYS_BASE_URL": self.base_url,
            "GENESYS_CLIENT_ID": CLIENT_ID,
            "GENESYS_CLIENT_SECRET": CLIENT_SECRET,
        }

    def __enter__(self) -> Self:
        hosts = Hosts(self.media_url, CLIENT_ID, CLIENT_SECRET)
        api = Api(self.world, self.options, self._faults, hosts)
        media = MediaHost(self.world, self._faults, self.traffic)
        # A cut body is an exception on purpose; its traceback would only alarm.
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)
        self._start(api.app, self._api_socket)
        self._start(media.app, self._media_socket)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server, _ in self._servers:
            server.should_exit = True
            server.force_exit = True
        for _, thread in self._servers:
            thread.join()
        self._api_socket.close()
        self._media_socket.close()

    def _start(self, app: Starlette, listener: socket.socket) -> None:
        config = uvicorn.Config(
            app, log_config=None, log_level=logging.CRITICAL + 1, access_log=False, lifespan="off"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, daemon=True, name="simulator"
        )
        thread.start()
        self._servers.append((server, thread))


def _listening(port: int) -> socket.socket:
    """Open a port at once: a client that connects early waits in its queue."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(128)
    return listener


def _address(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"
