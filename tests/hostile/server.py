"""A media host on a raw socket that plays a script: exact bytes, and an end as rude as it likes."""

import socket
import struct
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto

from tests.hosts import Heard

_HEAD_END = b"\r\n\r\n"
# Closing a socket that lingers for no time sends RST instead of FIN.
_NO_LINGER = struct.pack("ii", 1, 0)


class Then(Enum):
    """What comes after the bytes of a turn."""

    STAY = auto()
    CLOSE = auto()
    RESET = auto()
    SILENCE = auto()


@dataclass(frozen=True, slots=True)
class Turn:
    """What the host does when it is asked.

    Attributes:
        data: The bytes it sends.
        then: What it does with the connection afterwards.
        slowly: How many of the last bytes come one at a time.
        pause_s: Pause before each of those.
        at_once: Whether it acts on the connection, before a request comes.
    """

    data: bytes = b""
    then: Then = Then.STAY
    slowly: int = 0
    pause_s: float = 0.0
    at_once: bool = False


Script = Sequence[Turn | Callable[[Heard], Turn]]


class HostileHost:
    """Plays one turn after the other, the last one for good.

    Attributes:
        asked: Requests so far; a connection that is turned away counts as one.
    """

    def __init__(self, script: Script) -> None:
        self.asked: list[Heard] = []
        self._left = list(script)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._connections: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._spawn(self._accept)

    def close(self) -> None:
        """Hang up on everybody and wait until nothing runs any more."""
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()

    def _spawn(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, name="hostile-host")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)
            self._spawn(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while self._play(connection, self._turn(connection)):
                pass

    def _turn(self, connection: socket.socket) -> Turn:
        with self._lock:
            turn = self._left[0]
            if isinstance(turn, Turn) and turn.at_once:
                return self._next(Heard("", "", {}, b""))
        heard = _request(connection)
        with self._lock:
            return self._next(heard)

    def _next(self, heard: Heard) -> Turn:
        self.asked.append(heard)
        turn = self._left.pop(0) if len(self._left) > 1 else self._left[0]
        return turn if isinstance(turn, Turn) else turn(heard)

    def _play(self, connection: socket.socket, turn: Turn) -> bool:
        """Do it, and say whether the connection is still in use."""
        quick = len(turn.data) - turn.slowly
        connection.sendall(turn.data[:quick])
        for byte in turn.data[quick:]:
            if turn.pause_s and self._closing.wait(turn.pause_s):
                return False
            connection.sendall(bytes([byte]))
        match turn.then:
            case Then.RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            case Then.SILENCE:
                while connection.recv(65_536):
                    pass
            case Then.CLOSE:
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65_536):
                    pass
            case Then.STAY:
                return True
        return False


def _request(connection: socket.socket) -> Heard:
    """Read one request, which has no body; a connection that ends first is an `OSError`."""
    head = b""
    while not head.endswith(_HEAD_END):
        data = connection.recv(65_536)
        if not data:
            raise ConnectionError
        head += data
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines if line)
    return Heard(method, path, {name.lower(): value.strip() for name, _, value in pairs}, b"")


@contextmanager
def playing(script: Script) -> Generator[HostileHost]:
    """Play a script for the length of a ``with`` block."""
    host = HostileHost(script)
    try:
        yield host
    finally:
        host.close()
