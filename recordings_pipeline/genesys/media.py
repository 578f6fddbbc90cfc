"""Streams signed URLs through libcurl, which holds no credential.

libcurl, because it is five times faster than httpx here and brings minimum rate and protocol
limits; what an answer means is decided by the caller, as soon as its headers are complete.
"""

import io
import os
import selectors
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import certifi
import pycurl

from recordings_pipeline.core.peers import LOOPBACK_NAMES, Peers
from recordings_pipeline.core.secrets import SignedUrl
from recordings_pipeline.genesys.answers import REFUSED_PEER, Answer, Ending, Receiver
from recordings_pipeline.genesys.sockets import Opener

BUFFER_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class ReaderLimits:
    """How patient a reader is, and whose addresses it connects to.

    Slower than 8 kB/s for 30 s is a stalled peer: half the rate at which people speak mu-law.
    """

    connect_s: float = 10.0
    low_speed_bytes_per_s: int = 8_000
    low_speed_s: int = 30
    peers: Peers = Peers()  # noqa: RUF009 (frozen)


DEFAULT_LIMITS = ReaderLimits()


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
        self.waited_s = 0.0
        self._idle: list[pycurl.Curl] = []
        self._buffers: dict[pycurl.Curl, io.BytesIO] = {}
        self._openers: dict[pycurl.Curl, Opener] = {}
        self._answers: dict[pycurl.Curl, Answer] = {}
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
        curl = self._idle.pop() if self._idle else self._new_handle()
        answer = Answer(receiver, self._buffers[curl])
        self._answers[curl] = answer
        curl.setopt(pycurl.URL, url.reveal())
        curl.setopt(pycurl.PROTOCOLS, _protocols(url, self._limits.peers))
        curl.setopt(pycurl.HTTPHEADER, [f"{k}: {v}" for k, v in headers.items()])
        curl.setopt(pycurl.TIMEOUT_MS, max(1, round(deadline_s * 1000)))
        answer.attach(curl)
        self._multi.add_handle(curl)

    def finished(self, wait_s: float) -> list[tuple[Receiver, Ending]]:
        """Drive the transfers, for at most ``wait_s`` seconds; return those that ended."""
        now = time.monotonic()
        if self._due is not None:
            wait_s = min(wait_s, max(self._due - now, 0.0))
        ready = self._selector.select(wait_s)
        self.waited_s += (time.monotonic() - now) if self._answers else 0.0
        for key, mask in ready:
            self._multi.socket_action(key.fd, _curl_events(mask))
        if self._due is not None and time.monotonic() >= self._due:
            self._due = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        return self._ended()

    def hand_over(self) -> None:
        """Give receivers what has gathered so far, however little it is."""
        for answer in self._answers.values():
            answer.hand_over(0)

    def close(self) -> None:
        """Break off what is on the way; receivers get what has come until now."""
        self.hand_over()
        for curl in [*self._answers, *self._idle]:
            if curl in self._answers:
                self._multi.remove_handle(curl)
            curl.close()
        self._answers.clear()
        self._idle.clear()
        self._multi.close()
        self._selector.close()

    def _ended(self) -> list[tuple[Receiver, Ending]]:
        # libcurl first: what it has finished needs no look at whether more is welcome.
        found = []
        left = 1
        while left:
            left, good, bad = self._multi.info_read()
            found += [self._end(curl, None) for curl in good]
            # The text of an error may hold the URL, its number never does.
            found += [self._end(curl, number) for curl, number, _ in bad]
        unwelcome = [curl for curl, answer in self._answers.items() if not answer.hand_over()]
        return found + [self._end(curl, None) for curl in unwelcome]

    def _end(self, curl: pycurl.Curl, number: int | None) -> tuple[Receiver, Ending]:
        self._multi.remove_handle(curl)
        self._idle.append(curl)
        answer, opener = self._answers.pop(curl), self._openers[curl]
        if number is not None and opener.has_refused:
            number = REFUSED_PEER
        opener.has_refused = False
        return answer.receiver, answer.ending(number)

    def _new_handle(self) -> pycurl.Curl:
        curl = _handle(self._limits)
        self._buffers[curl] = io.BytesIO()
        self._openers[curl] = Opener(self._limits.peers)
        curl.setopt(pycurl.OPENSOCKETFUNCTION, self._openers[curl].open)
        return curl

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


def _protocols(url: SignedUrl, peers: Peers) -> int:
    """Plain http is for the simulator on loopback; anything else must be encrypted."""
    is_loopback = peers.is_loopback and urlsplit(url.reveal()).hostname in LOOPBACK_NAMES
    return pycurl.PROTO_HTTPS | (pycurl.PROTO_HTTP if is_loopback else 0)
