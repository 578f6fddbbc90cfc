"""Streams signed URLs through libcurl, which holds no credential.

libcurl, because it is five times faster than httpx here and brings minimum rate and protocol
limits; what an answer means is decided by the caller, as soon as its headers are complete.
"""

import os
import selectors
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import certifi
import pycurl

from recordings_pipeline.core.headers import header_mapping
from recordings_pipeline.core.secrets import SignedUrl

BUFFER_BYTES = 512 * 1024
# Answers below are followed by the one that counts.
_FINAL = 200


class Receiver(Protocol):
    """Who takes an answer; called in the thread that drives the reader."""

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """Hear status and headers, as `header_mapping` gives them; say whether to send the body."""

    def write(self, data: bytes) -> None:
        """Take some of the body."""


@dataclass(frozen=True, slots=True)
class ReaderLimits:
    """How patient a reader is.

    Slower than 8 kB/s for 30 s is a stalled peer: half the rate at which people speak mu-law.
    """

    connect_s: float = 10.0
    low_speed_bytes_per_s: int = 8_000
    low_speed_s: int = 30


DEFAULT_LIMITS = ReaderLimits()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a transfer ended.

    Attributes:
        problem: libcurl's number for what went wrong, without the URL; None when all arrived, or
            the receiver did not want the body.
        failure: What the receiver raised; the reader goes on with the others.
    """

    problem: str | None
    failure: BaseException | None = None


class MediaReader:
    """Many transfers at once over kept connections; used by one thread at a time.

    libcurl says which sockets it waits for, and we wait with epoll: its own ``select`` cannot see
    descriptors above 1,023.
    """

    def __init__(self, limits: ReaderLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._multi = pycurl.CurlMulti()
        self._selector = selectors.DefaultSelector()
        self._due: float | None = None
        self._idle: list[pycurl.Curl] = []
        self._answers: dict[pycurl.Curl, _Answer] = {}
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)

    @property
    def active(self) -> int:
        """How many transfers are on the way."""
        return len(self._answers)

    def start(
        self, url: SignedUrl, headers: Mapping[str, str], receiver: Receiver, deadline_s: float
    ) -> None:
        """Begin to fetch a URL.

        Args:
            url: The signed URL; https, or http on loopback.
            headers: Request headers.
            receiver: Who takes the answer.
            deadline_s: Seconds after which it is broken off, however fast it is.
        """
        curl = self._idle.pop() if self._idle else _handle(self._limits)
        answer = _Answer(receiver)
        self._answers[curl] = answer
        curl.setopt(pycurl.URL, url.reveal())
        curl.setopt(pycurl.PROTOCOLS, _protocols(url))
        curl.setopt(pycurl.HTTPHEADER, [f"{k}: {v}" for k, v in headers.items()])
        curl.setopt(pycurl.TIMEOUT_MS, max(1, round(deadline_s * 1000)))
        curl.setopt(pycurl.HEADERFUNCTION, answer.header)
        curl.setopt(pycurl.WRITEFUNCTION, answer.body)
        self._multi.add_handle(curl)

    def finished(self, wait_s: float) -> list[tuple[Receiver, Ending]]:
        """Drive the transfers, for at most ``wait_s`` seconds; return those that ended."""
        now = time.monotonic()
        if self._due is not None:
            wait_s = min(wait_s, max(self._due - now, 0.0))
        for key, mask in self._selector.select(wait_s):
            self._multi.socket_action(key.fd, _curl_events(mask))
        if self._due is not None and time.monotonic() >= self._due:
            self._due = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        return self._ended()

    def close(self) -> None:
        """Break off what is on the way; the bytes handed over so far are good."""
        for curl in [*self._answers, *self._idle]:
            if curl in self._answers:
                self._multi.remove_handle(curl)
            curl.close()
        self._answers.clear()
        self._idle.clear()
        self._multi.close()
        self._selector.close()

    def _ended(self) -> list[tuple[Receiver, Ending]]:
        found = []
        left = 1
        while left:
            left, good, bad = self._multi.info_read()
            # The text of an error may hold the URL, its number never does.
            ends: list[tuple[pycurl.Curl, str | None]] = [(curl, None) for curl in good]
            ends += [(curl, f"libcurl error {number}") for curl, number, _ in bad]
            for curl, problem in ends:
                self._multi.remove_handle(curl)
                self._idle.append(curl)
                answer = self._answers.pop(curl)
                found.append((answer.receiver, answer.ending(problem)))
        return found

    def _watch(self, event: int, socket: int, _multi: object, _data: object) -> None:
        is_known = socket in self._selector.get_map()
        if event == pycurl.POLL_REMOVE:
            if is_known:
                self._selector.unregister(socket)
            return
        mask = _selector_events(event)
        if is_known:
            self._selector.modify(socket, mask)
        else:
            self._selector.register(socket, mask)

    def _set_timer(self, timeout_ms: int) -> None:
        self._due = None if timeout_ms < 0 else time.monotonic() + timeout_ms / 1000


class _Answer:
    """Collects one answer's headers, then feeds its body to the receiver.

    libcurl swallows exceptions of callbacks, so they are kept here and handed over afterwards.
    """

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self._status = 0
        self._lines: list[tuple[str, str]] = []
        self._is_in_head = self._is_judged = False
        self._is_wanted = True
        self._failure: BaseException | None = None

    def header(self, line: bytes) -> int:
        """Take a line; the empty one behind them lets the receiver judge, before any body."""
        text = line.decode("latin-1").strip()
        name, colon, value = text.partition(":")
        if self._is_judged:
            pass  # what follows a body in chunks
        elif not self._is_in_head:
            # Only the first line: a header named `HTTP/1.1 200 OK` would turn a 404 into a 200.
            self._is_in_head, self._status = True, int(text.split()[1])
            self._lines.clear()
        elif not text:
            self._is_in_head = False
            if self._status >= _FINAL:
                self._is_judged = True
                self._try(self._judge)
        elif colon:
            self._lines.append((name, value))
        return len(line) if self._is_welcome else 0

    def body(self, data: bytes) -> int:
        if self._is_welcome:
            self._try(lambda: self.receiver.write(data))
        return len(data) if self._is_welcome else 0

    def ending(self, problem: str | None) -> Ending:
        """Say how it ended, once libcurl has."""
        if self._failure is not None:
            return Ending(None, self._failure)
        if not self._is_wanted:
            return Ending(None)
        if not self._is_judged and problem is None:
            return Ending("the answer ended before its headers did")
        return Ending(problem)

    @property
    def _is_welcome(self) -> bool:
        return self._is_wanted and self._failure is None

    def _judge(self) -> None:
        self._is_wanted = self.receiver.begin(self._status, header_mapping(self._lines))

    def _try(self, call: Callable[[], None]) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 (handed over with the ending)
            self._failure = error


def _handle(limits: ReaderLimits) -> pycurl.Curl:
    curl = pycurl.Curl()
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    curl.setopt(pycurl.FOLLOWLOCATION, 0)
    curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(1, round(limits.connect_s * 1000)))
    curl.setopt(pycurl.LOW_SPEED_LIMIT, limits.low_speed_bytes_per_s)
    curl.setopt(pycurl.LOW_SPEED_TIME, limits.low_speed_s)
    curl.setopt(pycurl.BUFFERSIZE, BUFFER_BYTES)
    curl.setopt(pycurl.NETRC, pycurl.NETRC_IGNORED)
    # The same authorities as httpx: the wheel of pycurl knows none of its own.
    curl.setopt(pycurl.CAINFO, os.environ.get("SSL_CERT_FILE") or certifi.where())
    return curl


def _curl_events(mask: int) -> int:
    readable = pycurl.CSELECT_IN if mask & selectors.EVENT_READ else 0
    return readable | (pycurl.CSELECT_OUT if mask & selectors.EVENT_WRITE else 0)


def _selector_events(event: int) -> int:
    readable = selectors.EVENT_READ if event & pycurl.POLL_IN else 0
    return readable | (selectors.EVENT_WRITE if event & pycurl.POLL_OUT else 0)


def _protocols(url: SignedUrl) -> int:
    """Plain http is for the simulator on loopback; anything else must be encrypted."""
    is_loopback = urlsplit(url.reveal()).hostname in ("127.0.0.1", "localhost", "::1")
    return pycurl.PROTO_HTTPS | (pycurl.PROTO_HTTP if is_loopback else 0)
