"""Resumable download, decided without touching the network or the disk.

The caller says what it holds and asks for the rest; `judge` says what the answer means. Socket,
file and clock belong to the caller.

Source: RFC 9110, sections 13.1.5 (If-Range), 14.4 (Content-Range), 15.5.17 (416); error bodies of
signed-URL hosts are XML and are never read.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

_CONTENT_RANGE = re.compile(r"bytes (?:(?P<start>\d+)-(?P<end>\d+)|\*)/(?P<total>\d+)")
_PAGES = frozenset({"text/html", "text/xml", "text/plain", "application/xml", "application/json"})
# What written media may be; a page of HTML or XML is an error whatever was asked for.
_TEXTS = frozenset({"text/plain", "application/json"})
# A five-hour stereo call as 16-bit PCM at 48 kHz is 3.5 GB; more than that is not a recording.
MAX_BYTES = 4_000_000_000


@dataclass(frozen=True, slots=True)
class Held:
    """The bytes on disk, and the content they belong to.

    Attributes:
        size: Bytes held.
        etag: Strong ETag of the content; None when there is none.
        total: Size of the whole content; None when unknown.
    """

    size: int = 0
    etag: str | None = None
    total: int | None = None

    @property
    def is_resumable(self) -> bool:
        """Whether the rest can be proved to belong to what is held."""
        return self.size > 0 and self.etag is not None and self.total is not None

    @property
    def is_whole(self) -> bool:
        return self.is_resumable and self.size == self.total


@dataclass(frozen=True, slots=True)
class Write:
    """Write the body from byte ``offset`` on, up to ``total``; what lies behind it is void."""

    offset: int
    total: int
    etag: str | None


@dataclass(frozen=True, slots=True)
class Finished:
    """The part file already holds every byte: verify it."""


@dataclass(frozen=True, slots=True)
class StartOver:
    """The part file belongs to some other content: drop it, ask from byte 0."""


@dataclass(frozen=True, slots=True)
class AskAgain:
    """The URL is past its lifetime, or was never good: ask the platform for another one.

    Stores answer 400 when they cannot read a signature and 403 when they do not accept it; either
    way a new one is the remedy.
    """


@dataclass(frozen=True, slots=True)
class Gone:
    """The object does not exist any more."""


@dataclass(frozen=True, slots=True)
class TryLater:
    """The host is overloaded or broken; the same request may succeed later."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The answer brings no byte that can be trusted: what is held stays as it is."""

    reason: str


Judgement = Write | Finished | StartOver | AskAgain | Gone | TryLater | Refuse


def request_headers(held: Held) -> dict[str, str]:
    """Ask for every byte after the held ones, of unchanged content only.

    ``identity`` matters: an offset into compressed bytes means nothing on disk.
    """
    headers = {"Accept-Encoding": "identity"}
    if held.is_resumable and held.etag is not None:
        headers["Range"] = f"bytes={held.size}-"
        headers["If-Range"] = held.etag
    return headers


def judge(  # noqa: PLR0911
    held: Held, status: int, headers: Mapping[str, str], *, is_text: bool = False
) -> Judgement:
    """Say what an answer to `request_headers` means for the part file.

    Args:
        held: What was on disk when the request was sent.
        status: HTTP status code of the answer.
        headers: Its headers, looked up by lowercase name.
        is_text: Whether a chat, an e-mail or a message thread is wanted instead of sound.
    """
    pages = _PAGES - _TEXTS if is_text else _PAGES
    match status:
        case 200:
            return _whole(headers, pages)
        case 206:
            return _rest(held, headers, pages)
        case 416:
            return _unsatisfiable(held, headers)
        case 400 | 401 | 403:
            return AskAgain()
        case 404 | 410:
            return Gone()
        case 412:
            return StartOver()
        case 408 | 429 | 500 | 502 | 503 | 504:
            return TryLater()
        case _:
            return Refuse(f"unexpected HTTP status {status}")


def _whole(headers: Mapping[str, str], pages: Collection[str]) -> Judgement:
    length = headers.get("content-length", "")
    if not length.isascii() or not length.isdigit():
        return Refuse("no Content-Length: it cannot be proved whole")
    return _lie(headers, int(length), pages) or Write(0, int(length), _strong(headers.get("etag")))


def _rest(held: Held, headers: Mapping[str, str], pages: Collection[str]) -> Judgement:
    match = _CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
    if match is None or match["start"] is None or held.total is None:
        return StartOver()
    start, end, total = int(match["start"]), int(match["end"]), int(match["total"])
    if (start, end + 1, total) != (held.size, total, held.total):
        return StartOver()
    if headers.get("etag", held.etag) != held.etag:
        return StartOver()
    return _lie(headers, total, pages) or Write(start, total, held.etag)


def _unsatisfiable(held: Held, headers: Mapping[str, str]) -> Judgement:
    """416 means "all there" only if the host's total is the one bound to the part."""
    match = _CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
    if held.is_whole and match is not None and int(match["total"]) == held.total:
        return Finished()
    return StartOver()


def _lie(headers: Mapping[str, str], total: int, pages: Collection[str]) -> Refuse | None:
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type in pages:
        return Refuse(f"the host sent {content_type} instead of a recording")
    if headers.get("content-encoding", "identity") != "identity":
        return Refuse("the host sent encoded bytes although identity was asked for")
    if total == 0:
        return Refuse("the host sent an empty file")
    if total > MAX_BYTES:
        return Refuse(f"the host announced {total} bytes, more than a recording can have")
    return None


def _strong(etag: str | None) -> str | None:
    """Only a strong validator can bind two halves of a file."""
    return None if etag is None or etag.startswith("W/") else etag


def deadline_s(total: int) -> float:
    """Return how long a file of ``total`` bytes may take: ten minutes, and its size at 100 kB/s."""
    return 600 + total / 100_000
