"""One answer of a media host, gathered by libcurl without a call of Python for every 16 kB.

libcurl hands over a body in pieces of at most 16 kB, 125 of them for an ordinary call: functions of
ours called for each took a third of the CPU time of a download. So it fills a list of header lines
and a buffer by itself, and we look at both after each round of reading.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import pycurl

from recordings_pipeline.core.headers import header_mapping

# What one call of hash and write is worth.
GATHERED_BYTES = 256 * 1024
# Answers below are followed by the one that counts.
_FINAL = 200
_EMPTY = (b"\r\n", b"\n")
# Numbers of https://curl.se/libcurl/c/libcurl-errors.html in the words of a person, and our own.
REFUSED_PEER = -1
_WORDS = {
    REFUSED_PEER: "the host has not a public address",
    1: "the URL is not https",
    6: "the host has no address",
    7: "no connection",
    18: "the body ended early",
    28: "too slow, or out of time",
    35: "TLS failed",
    52: "no answer",
    55: "the connection broke",
    56: "the connection broke",
    60: "the certificate is not trusted",
}


class Receiver(Protocol):
    """Who takes an answer; called in the thread that drives the reader."""

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """Hear status and headers, as `header_mapping` gives them; say whether to send the body."""

    def write(self, data: bytes | memoryview) -> None:
        """Take some of the body; what is no ``bytes`` is gone after the call."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a transfer ended.

    Attributes:
        problem: What went wrong, with libcurl's number and without the URL; None when all arrived,
            or the receiver did not want the body.
        failure: What the receiver raised; the reader goes on with the others.
    """

    problem: str | None
    failure: BaseException | None = None


class Answer:
    """What has come of one answer, on its way to the receiver.

    Args:
        receiver: Who takes it.
        buffer: Where to gather its body; used again by the next answer of the same handle, as a new
            one costs a page fault for every 4 kB.
    """

    def __init__(self, receiver: Receiver, buffer: io.BytesIO) -> None:
        self.receiver = receiver
        self._lines: list[bytes] = []
        self._body = buffer
        self._body.seek(0)
        self._is_judged = False
        self._is_wanted = True
        self._failure: BaseException | None = None

    def attach(self, curl: pycurl.Curl) -> None:
        """Have libcurl fill it."""
        curl.setopt(pycurl.HEADERFUNCTION, self._lines.append)
        curl.setopt(pycurl.WRITEFUNCTION, self._body.write)

    def hand_over(self, least_bytes: int = GATHERED_BYTES) -> bool:
        """Give the receiver what has come, once it is worth a call.

        The receiver judges as soon as the headers are complete. What it does not want was read by
        then no further than one round goes. One that has failed gets nothing more: a part that was
        never begun, as there was no room for it, would be given bytes.

        Returns:
            Whether more is welcome.
        """
        if self._failure is not None:
            return False
        try:
            if not self._is_judged and self._lines and self._lines[-1] in _EMPTY:
                self._judge()
            if self._is_judged and self._is_wanted and self._body.tell() >= max(least_bytes, 1):
                with self._body.getbuffer() as whole, whole[: self._body.tell()] as data:
                    self.receiver.write(data)
                self._body.seek(0)
        except BaseException as error:  # noqa: BLE001 (handed over with the ending)
            self._failure = error
            return False
        return self._is_wanted

    def ending(self, number: int | None) -> Ending:
        """Say how it ended.

        Args:
            number: What libcurl says went wrong; None for nothing.
        """
        if self.hand_over(0) and number is not None:
            words = _WORDS.get(number, "the transfer failed")
            is_ours = number == REFUSED_PEER
            return Ending(words if is_ours else f"{words} (libcurl error {number})")
        if self._failure is not None:
            return Ending(None, self._failure)
        if not self._is_judged:
            return Ending("the answer ended before its headers did")
        return Ending(None)

    def _judge(self) -> None:
        """Read the last block of lines, if it is the one that counts."""
        blocks = b"".join(self._lines).replace(b"\r\n", b"\n").split(b"\n\n")
        # Only a first line is a status line: a header named `HTTP/1.1 200 OK` would turn a 404
        # into a 200.
        status_line, *lines = blocks[-2].decode("latin-1").split("\n")
        status = int(status_line.split()[1])
        if status >= _FINAL:
            self._is_judged = True
            parted = (line.partition(":") for line in lines)
            headers = header_mapping((name, value) for name, colon, value in parted if colon)
            self._is_wanted = self.receiver.begin(status, headers)
