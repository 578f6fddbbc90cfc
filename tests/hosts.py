"""A host that says what the simulator cannot, and a stop event that tells how long it waits."""

import json
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import httpx

from recordings_pipeline.core.settings import Settings, settings_from
from recordings_pipeline.simulator.server import Simulator

SECRET = "hush-hush"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host sends back.

    Attributes:
        status: 0 hangs up without a word.
        headers: ``Content-Length`` is added unless it is given, so that it can be wrong.
        is_held: Keep the connection open after the body until the test is over.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Reply = Callable[[Heard], Answer]


class Host(ThreadingHTTPServer):
    """Hands out ``token-1``, ``token-2``, … and leaves the rest to the test."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, reply: Reply, login: Reply | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked: list[Heard] = []
        self.logins: list[Heard] = []
        self.closing = threading.Event()
        self._reply = reply
        self._login = login or self._new_token
        self._lock = threading.Lock()

    @property
    def environment(self) -> dict[str, str]:
        """The variables a client needs."""
        return {
            "GENESYS_BASE_URL": self.url,
            "GENESYS_CLIENT_ID": "id",
            "GENESYS_CLIENT_SECRET": SECRET,
        }

    def answer(self, heard: Heard) -> Answer:
        with self._lock:
            if heard.path == "/oauth/token":
                self.logins.append(heard)
                return self._login(heard)
            self.asked.append(heard)
            return self._reply(heard)

    def _new_token(self, _heard: Heard) -> Answer:
        return token(f"token-{len(self.logins)}")


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        host = cast("Host", self.server)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        answer = host.answer(Heard(self.command, self.path, headers, body))
        with suppress(ConnectionError):
            if answer.status:
                self._send(answer)
            if answer.is_held:
                host.closing.wait(30)

    do_POST = do_GET  # noqa: N815 (the library's name)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        length = {"Content-Length": str(len(answer.body))}
        for name, value in {**length, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Keep the test's output to itself."""


Serve = Callable[..., Host]


@contextmanager
def running(host: Host) -> Generator[Host]:
    """Serve for the length of a ``with`` block."""
    thread = threading.Thread(target=host.serve_forever, args=(0.01,), name="host")
    thread.start()
    try:
        yield host
    finally:
        host.closing.set()
        host.shutdown()
        thread.join()
        host.server_close()


def in_turn(*answers: Answer) -> Reply:
    """Give one answer after the other, the last one for good."""
    left = list(answers)
    return lambda _heard: left.pop(0) if len(left) > 1 else left[0]


def changed(host: Simulator, path: str, change: Callable[[Any], Any]) -> Reply:
    """Pass everything on to a simulator, and change what it answers below a path.

    Args:
        host: Who knows the answers.
        path: Part of the path of the answers to change.
        change: Returns the JSON to send instead.
    """

    def reply(heard: Heard) -> Answer:
        names = ("authorization", "content-type")
        answer = httpx.request(
            heard.method,
            host.base_url + heard.path,
            content=heard.body,
            headers={name: heard.headers[name] for name in names if name in heard.headers},
        )
        if path in heard.path and answer.is_success:
            return reply_json(change(answer.json()))
        return Answer(answer.status_code, answer.content, {"Content-Type": "application/json"})

    return reply


def reply_json(value: object) -> Answer:
    return Answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})


def token(name: str, expires_in: object = 86_400) -> Answer:
    return reply_json({"access_token": name, "token_type": "bearer", "expires_in": expires_in})


def settings_for(host: Simulator | Host, **more: str) -> Settings:
    return settings_from({**host.environment, **more})


class Patience(threading.Event):
    """A stop event whose waits are noted instead of sat through.

    A gate that is closed until an instant stays closed until then, however patient its event is:
    what answers 429 needs a real one, or ``most_waits``.

    Attributes:
        waits: Seconds of each wait, in order.
    """

    def __init__(self, most_waits: int = 100) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._most_waits = most_waits

    def wait(self, timeout: float | None = None) -> bool:
        """Note the wait; the last one is ended by a request to stop."""
        self.waits.append(timeout or 0.0)
        if len(self.waits) >= self._most_waits:
            self.set()
        return self.is_set()
