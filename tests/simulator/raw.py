"""Asks over a raw socket and tells what came: no HTTP client smooths anything over."""

import base64
import json
import re
import socket
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlsplit

from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.signing import signed

DAY = date(2026, 1, 31)
INTERVAL = "2026-01-31T00:00:00.000Z/2026-02-01T00:00:00.000Z"
FIN, RST, SILENCE, MORE = "FIN", "RST", "silence", "more to come"
TOKEN = "/api/v2/tokens/me"
SETTINGS = "/api/v2/recording/settings"
# Long enough for a busy machine; who expects silence after some bytes says so.
_LONGEST_S = 10.0
QUIET_S = 0.3
_FAR = 4_000_000_000
_Test = TypeVar("_Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Seen:
    """What one request brought.

    Attributes:
        status: 0 when not even a status line came.
        headers: By lowercase name.
        end: How it ended: `FIN`, `RST`, `SILENCE`, or `MORE` when time was up.
        took_s: Seconds from the request to the end.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    end: str
    took_s: float

    @property
    def json(self) -> Any:  # noqa: ANN401 (the other side may send anything)
        return json.loads(self.body)

    @property
    def is_whole(self) -> bool:
        """Whether it is an ordinary answer, as long as it says, and properly ended."""
        return self.end == FIN and self.headers["content-length"] == str(len(self.body))


def ask(
    base: str,
    request: bytes,
    *,
    most_s: float = _LONGEST_S,
    quiet_s: float = _LONGEST_S,
    buffer: int = 0,
) -> Seen:
    """Send one request on a connection of its own and read until something ends it.

    Args:
        base: Any URL of the host.
        request: Its bytes.
        most_s: So long it may take altogether.
        quiet_s: So long nothing may come after the first byte.
        buffer: Size of the receive buffer in bytes; 0 for the usual one.
    """
    place = urlsplit(base)
    with socket.socket() as connection:
        if buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.settimeout(_LONGEST_S)
        connection.connect((place.hostname, place.port))
        began = time.monotonic()
        connection.sendall(request)
        came, end = _came(connection, began + most_s, quiet_s)
    return _seen(came, end, time.monotonic() - began)


def written(*head: str, body: bytes = b"") -> bytes:
    """Return a request as bytes, the last one on its connection."""
    length = [f"Content-Length: {len(body)}"] if body else []
    is_json = bool(body) and not any(line.lower().startswith("content-type") for line in head)
    length += ["Content-Type: application/json"] if is_json else []
    lines = [*head, "Host: simulator", "Connection: close", *length, "", ""]
    return "\r\n".join(lines).encode() + body


def _came(connection: socket.socket, until: float, quiet_s: float) -> tuple[bytes, str]:
    found = bytearray()
    while (left := until - time.monotonic()) > 0:
        connection.settimeout(min(quiet_s, left) if found else left)
        try:
            data = connection.recv(65_536)
        except TimeoutError:
            return bytes(found), SILENCE if time.monotonic() < until or not found else MORE
        except ConnectionResetError:
            return bytes(found), RST
        if not data:
            return bytes(found), FIN
        found += data
    return bytes(found), MORE


def _seen(came: bytes, end: str, took_s: float) -> Seen:
    head, _, body = came.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    found = re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", lines[0])
    headers = dict(line.split(": ", 1) for line in lines[1:])
    lower = {name.lower(): value for name, value in headers.items()}
    return Seen(int(found[1]) if found else 0, lower, body, end, took_s)


class Caller:
    """Somebody with a token."""

    def __init__(self, simulator: Simulator, number: int = 0) -> None:
        self.simulator = simulator
        self._client = simulator.environments[number]
        self.token = ""
        self._before: dict[str, int] = {}

    def login(self) -> Seen:
        """Log in, and use the new token from now on."""
        names = ("GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET")
        basic = base64.b64encode(":".join(self._client[name] for name in names).encode()).decode()
        form = "Content-Type: application/x-www-form-urlencoded"
        head = ("POST /oauth/token HTTP/1.1", f"Authorization: Basic {basic}", form)
        request = written(*head, body=b"grant_type=client_credentials")
        seen = ask(self.simulator.base_url, request)
        self.token = seen.json["access_token"] if seen.status == 200 else ""
        return seen

    def get(
        self,
        path: str,
        *,
        method: str = "GET",
        most_s: float = _LONGEST_S,
        quiet_s: float = _LONGEST_S,
    ) -> Seen:
        """Get, or whatever the method says."""
        request = written(f"{method} {path} HTTP/1.1", f"Authorization: Bearer {self.token}")
        return ask(self.simulator.base_url, request, most_s=most_s, quiet_s=quiet_s)

    def post(self, path: str, payload: object) -> Seen:
        """Post JSON."""
        return self.send(path, json.dumps(payload).encode())

    def send(self, path: str, body: bytes, *, method: str = "POST") -> Seen:
        """Post, or whatever the method says, bytes that need not be JSON."""
        head = (f"{method} {path} HTTP/1.1", f"Authorization: Bearer {self.token}")
        return ask(self.simulator.base_url, written(*head, body=body))

    def plan(self, plan: str | list[dict[str, Any]]) -> None:
        """Put a plan in force: its text, or its entries."""
        field = "plan" if isinstance(plan, str) else "fault"
        assert self.post("/simulator/faults", {field: plan}).status == 200
        self._before = self.simulator.traffic.faults

    def suffer(self, name: str, times: int = 1) -> None:
        """Put a fault in force that hits every object so often."""
        self.plan([{"name": name, "times": times}])

    def fired(self) -> dict[str, int]:
        """Return how often which fault has fired since the plan was put in force."""
        now = self.simulator.traffic.faults
        changed = {name: count - self._before.get(name, 0) for name, count in now.items()}
        return {name: count for name, count in changed.items() if count}


def caller(simulator: Simulator, number: int = 0) -> Caller:
    """Return somebody who has logged in, as the first client or another one."""
    found = Caller(simulator, number)
    found.login()
    return found


def fetch(
    url: str,
    *headers: str,
    most_s: float = _LONGEST_S,
    quiet_s: float = _LONGEST_S,
    buffer: int = 0,
) -> Seen:
    """Get a signed URL."""
    place = urlsplit(url)
    request = written(f"GET {place.path}?{place.query} HTTP/1.1", *headers)
    return ask(url, request, most_s=most_s, quiet_s=quiet_s, buffer=buffer)


def told(simulator: Simulator) -> Call:
    """Return a call with a recording and a transcript."""
    return next(c for c in simulator.world.calls(DAY) if c.is_exportable and c.is_transcribed)


def link(simulator: Simulator, call: Call | None = None) -> str:
    """Return a good URL of a call's recording."""
    found = call or told(simulator)
    return signed(simulator.media_url, f"/media/{found.recording_id}/1", _FAR)


def inflated_size(data: bytes) -> int:
    """Return the size of what is gzipped, without holding it."""
    inflater, size = zlib.decompressobj(31), 0
    while data:
        size += len(inflater.decompress(data, 1 << 20))
        data = inflater.unconsumed_tail
    return size


def shows(*names: str) -> Callable[[_Test], _Test]:
    """Mark a test as the one that shows what faults do."""

    def marked(test: _Test) -> _Test:
        test.shows = names  # type: ignore[attr-defined]
        return test

    return marked
