"""Streams signed URLs through libcurl, which holds no credential.

libcurl, because it is five times faster than httpx here and brings minimum rate, protocol limits
and a size cap; what an answer means is decided by the caller.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import pycurl

from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.secrets import SignedUrl
from recordings_pipeline.core.transfer import MAX_BYTES

CONNECT_TIMEOUT_S = 10
# Slower than 8 kB/s for 30 s is a stalled peer: half the rate at which people speak mu-law.
LOW_SPEED_BYTES_PER_S = 8_000
LOW_SPEED_S = 30
BUFFER_BYTES = 512 * 1024

Sink = Callable[[bytes], None]
Begin = Callable[[int, Mapping[str, str]], Sink | None]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a transfer ended.

    Attributes:
        problem: libcurl's name for what went wrong, without the URL; None when all arrived.
    """

    problem: str | None


class MediaReader:
    """One libcurl handle with its connection; used by one thread at a time."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._curl = pycurl.Curl()
        self._curl.setopt(pycurl.NOSIGNAL, 1)
        self._curl.setopt(pycurl.NOPROGRESS, 0)
        self._curl.setopt(pycurl.XFERINFOFUNCTION, self._is_stopping)
        self._curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        self._curl.setopt(pycurl.FOLLOWLOCATION, 0)
        self._curl.setopt(pycurl.CONNECTTIMEOUT, CONNECT_TIMEOUT_S)
        self._curl.setopt(pycurl.LOW_SPEED_LIMIT, LOW_SPEED_BYTES_PER_S)
        self._curl.setopt(pycurl.LOW_SPEED_TIME, LOW_SPEED_S)
        self._curl.setopt(pycurl.BUFFERSIZE, BUFFER_BYTES)
        self._curl.setopt(pycurl.MAXFILESIZE_LARGE, MAX_BYTES)
        self._curl.setopt(pycurl.NETRC, pycurl.NETRC_IGNORED)

    def close(self) -> None:
        self._curl.close()

    def read(self, url: SignedUrl, headers: Mapping[str, str], begin: Begin) -> Ending:
        """Fetch a URL, handing its bytes to the sink that ``begin`` returns.

        Args:
            url: The signed URL; https, or http on loopback.
            headers: Request headers.
            begin: Called once with status and headers (names in lower case), before the first
                byte; the body is not read when it returns None.

        Raises:
            Interrupted: The run was asked to stop; the bytes handed over so far are good.
        """
        answer = _Answer(begin)
        self._curl.setopt(pycurl.URL, url.reveal())
        self._curl.setopt(pycurl.PROTOCOLS, _protocols(url))
        self._curl.setopt(pycurl.HTTPHEADER, [f"{k}: {v}" for k, v in headers.items()])
        self._curl.setopt(pycurl.HEADERFUNCTION, answer.header)
        self._curl.setopt(pycurl.WRITEFUNCTION, answer.body)
        problem = self._perform()
        if answer.failure is not None:
            raise answer.failure
        if self._stop.is_set() and problem is not None:
            raise Interrupted
        if answer.is_declined:
            return Ending(None)
        if problem is None:
            answer.start()
        return Ending(problem)

    def _perform(self) -> str | None:
        try:
            self._curl.perform()
        except pycurl.error as error:
            # The text of the error may hold the URL, its number never does.
            return f"libcurl error {error.args[0]}"
        return None

    def _is_stopping(self, *_progress: float) -> int:
        return int(self._stop.is_set())


class _Answer:
    """Collects one answer's headers, then feeds its body to the sink.

    libcurl swallows exceptions of callbacks, so they are kept here and raised afterwards.
    """

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._status = 0
        self._headers: dict[str, str] = {}
        self._sink: Sink | None = None
        self._is_started = False
        self.is_declined = False
        self.failure: BaseException | None = None

    def header(self, line: bytes) -> None:
        text = line.decode("latin-1").strip()
        if text.startswith("HTTP/"):
            self._status = int(text.split()[1])
            self._headers.clear()
            return
        name, colon, value = text.partition(":")
        if colon:
            self._headers[name.lower()] = value.strip()

    def start(self) -> None:
        """Judge the answer once its headers are complete."""
        if not self._is_started:
            self._is_started = True
            self._sink = self._begin(self._status, self._headers)
            self.is_declined = self._sink is None

    def body(self, data: bytes) -> int:
        try:
            self.start()
            if self._sink is None:
                return 0
            self._sink(data)
        except BaseException as error:  # noqa: BLE001 (raised again by the reader)
            self.failure = error
            return 0
        return len(data)


def _protocols(url: SignedUrl) -> int:
    """Plain http is for the simulator on loopback; anything else must be encrypted."""
    is_loopback = urlsplit(url.reveal()).hostname in ("127.0.0.1", "localhost", "::1")
    return pycurl.PROTO_HTTPS | (pycurl.PROTO_HTTP if is_loopback else 0)
