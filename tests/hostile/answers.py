"""The bytes of answers, honest and otherwise, about one recording."""

import random
import re

from tests.hostile.server import Then, Turn
from tests.hosts import Heard


def wav(seed: int, size: int = 20_000) -> bytes:
    """Return mu-law noise, so that no two places of it are alike."""
    data = random.Random(seed).randbytes(size)
    layout = b"\x07\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00"
    chunks = b"fmt \x10\x00\x00\x00" + layout + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WAVE" + chunks


SOURCE = wav(1)
CHANGED = wav(2)
SIZE = len(SOURCE)
HALF = SIZE // 2
ETAG, OTHER_ETAG = '"source"', '"changed"'
AUDIO = "Content-Type: audio/wav"
TAGGED = (AUDIO, f"ETag: {ETAG}")
_RANGE = re.compile(r"bytes=(\d+)-")


def answer(status: int, *lines: str, body: bytes = b"", version: str = "1.1") -> bytes:
    """Return an answer with exactly these header lines."""
    head = "\r\n".join((f"HTTP/{version} {status} Words", *lines, "", ""))
    return head.encode("latin-1") + body


def told(status: int, *lines: str, body: bytes = b"") -> Turn:
    """Answer with the true length of a body."""
    return Turn(answer(status, *lines, f"Content-Length: {len(body)}", body=body))


def whole(*lines: str, body: bytes = SOURCE) -> Turn:
    """Send all of it, announced as audio with an ETag unless other lines are given."""
    return told(200, *(lines or TAGGED), body=body)


def cut(*lines: str, then: Then = Then.CLOSE, body: bytes = SOURCE, kept: int = HALF) -> Turn:
    """Announce all of it and send the first half."""
    head = answer(200, *(lines or TAGGED), f"Content-Length: {len(body)}")
    return Turn(head + body[:kept], then)


def rest(content_range: str | None, *lines: str, body: bytes = SOURCE[HALF:]) -> Turn:
    """Send what is said to be the rest, with the true ETag unless other lines are given."""
    ranges = () if content_range is None else (f"Content-Range: {content_range}",)
    return told(206, *(lines or TAGGED), *ranges, body=body)


TRUE_RANGE = f"bytes {HALF}-{SIZE - 1}/{SIZE}"


class Store:
    """Answers as a store does: honours Range if If-Range names its ETag."""

    def __init__(self, content: bytes, etag: str) -> None:
        self._content = content
        self._etag = etag

    def __call__(self, heard: Heard) -> Turn:
        size = len(self._content)
        tagged = (AUDIO, f"ETag: {self._etag}")
        match = _RANGE.fullmatch(heard.headers.get("range", ""))
        if match is None or heard.headers.get("if-range") != self._etag:
            return whole(*tagged, body=self._content)
        start = int(match[1])
        return rest(f"bytes {start}-{size - 1}/{size}", *tagged, body=self._content[start:])


honest = Store(SOURCE, ETAG)
changed = Store(CHANGED, OTHER_ETAG)


def refusal(status: int, code: str, *lines: str) -> Turn:
    """Answer as S3 does, repeating the credential as S3 does."""
    body = f"<Error><Code>{code}</Code><Signature>hush-hush</Signature></Error>".encode()
    return told(status, "Content-Type: application/xml", *lines, body=body)


def page(status: int, *lines: str) -> Turn:
    """Answer with the HTML page of somebody in between."""
    return told(status, "Content-Type: text/html", *lines, body=b"<html>Please log in</html>")
