"""Resumable download, decided without touching the network or the disk.

The caller says what it holds and asks for the rest; `judge` says what the answer means. Socket,
file and clock belong to the caller.

Bodies of errors are never read: one of a store repeats the credential it refuses, and no remedy
depends on it. Whether a link expired, its signature is wrong or a clock is, another link is asked
for, a bounded number of times.

Source: RFC 9110, sections 13.1.5 (If-Range), 15.3.7 (206), 15.5.17 (416); RFC 9112, section 6.3
(chunks beside a length).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from recordings_pipeline.core.headers import (
    content_length,
    content_range,
    page_of,
    pause_s,
    strong_etag,
)

# A five-hour stereo call as 16-bit PCM at 48 kHz is 3.5 GB; more than that is not a recording.
MAX_BYTES = 4_000_000_000
_GRACE_S, _BYTES_PER_S = 600.0, 100_000

# 408, 425 and 429 pass; so does a 5xx (520 to 530 are those of a content network), save these.
_PASSING = frozenset({408, 425, 429, *range(500, 600)} - {501, 505, 506, 508, 510, 511})
_REDIRECTS = frozenset({300, 301, 302, 303, 305, 307, 308})
_ADVICE = {
    203: ": a proxy changes files on their way: let the media host pass unchanged",
    407: ": a proxy wants a login: let the media host pass without one",
    451: ": the host may not hand the file out for legal reasons",
    511: ": a network on the way wants a login: let the media host pass without one",
    **dict.fromkeys(
        _REDIRECTS,
        ": a signed URL leads to the file itself, so no redirect is followed: look for a proxy",
    ),
}


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
    """The host is overloaded or broken; the same request may succeed later.

    Attributes:
        after_s: Seconds it asks for, never more than `retries.MAX_WAIT_S`; None when it does not.
        reason: What it answered.
    """

    after_s: float | None = None
    reason: str = ""


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


def deadline_s(total: int | None) -> float:
    """Return how long all requests for a file may take together, pauses included.

    Ten minutes, enough for every pause a host may ask for, and its size at 100 kB/s: slower than
    that a large file is better continued by a later run than kept for hours, while the links of
    all others expire. A peer that drips just above the reader's minimum rate ends here as well.

    Args:
        total: Size of the file; None before the first answer tells it.
    """
    return _GRACE_S + (total or 0) / _BYTES_PER_S


def judge(  # noqa: PLR0911
    held: Held, status: int, headers: Mapping[str, str], *, is_text: bool = False
) -> Judgement:
    """Say what an answer to `request_headers` means for the part file.

    Args:
        held: What was on disk when the request was sent.
        status: HTTP status code of the answer.
        headers: Its headers, as `core.headers.header_mapping` returns them.
        is_text: Whether a chat, an e-mail or a message thread is wanted instead of sound.
    """
    match status:
        case 200:
            return _whole(headers, is_text=is_text)
        case 206:
            return _rest(held, headers, is_text=is_text)
        case 416:
            return _unsatisfiable(held, headers)
        case 412:
            return _start_over(held, status)
        case 400 | 401 | 403:
            return AskAgain()
        case 404 | 410:
            return _gone(status, headers)
        case _ if status in _PASSING:
            return TryLater(pause_s(headers), f"the media host answered HTTP {status}")
    return Refuse(f"unexpected HTTP status {status}{_ADVICE.get(status, '')}")


def _whole(headers: Mapping[str, str], *, is_text: bool) -> Judgement:
    total = content_length(headers)
    if total is None:
        return Refuse("no single Content-Length: it cannot be proved whole")
    return _lie(headers, total, is_text=is_text) or Write(0, total, strong_etag(headers))


def _rest(held: Held, headers: Mapping[str, str], *, is_text: bool) -> Judgement:
    """206 is the rest only if it says so in every header that could contradict it.

    Not a word may be missing: a host that honours Range but not If-Range answers 206 for changed
    content too, and its ETag is what gives it away; without a length the body need not end.
    """
    found = content_range(headers)
    if held.total is None or not held.is_resumable or found is None or found.start is None:
        return _start_over(held, 206)
    if (found.start, found.end, found.total) != (held.size, held.total, held.total):
        return StartOver()
    if (content_length(headers), headers.get("etag")) != (held.total - held.size, held.etag):
        return StartOver()
    return _lie(headers, found.total, is_text=is_text) or Write(found.start, found.total, held.etag)


def _unsatisfiable(held: Held, headers: Mapping[str, str]) -> Judgement:
    """416 means "all there" only if the host's total is the one bound to the part."""
    found = content_range(headers)
    is_same = headers.get("etag", held.etag) == held.etag
    if held.is_whole and is_same and found is not None and found.total == held.total:
        return Finished()
    return _start_over(held, 416)


def _start_over(held: Held, status: int) -> Judgement:
    """Drop the part, unless the whole was asked for: the same question has the same answer."""
    if held.is_resumable:
        return StartOver()
    return Refuse(f"HTTP {status} although the whole file was asked for")


def _gone(status: int, headers: Mapping[str, str]) -> Judgement:
    """Nothing is asked for again that is gone, so a proxy's page may not say so for the store."""
    if page_of(headers, is_text=False) == "html":
        return Refuse(f"HTTP {status} with an HTML page: not the store's own answer")
    return Gone()


def _lie(headers: Mapping[str, str], total: int, *, is_text: bool) -> Refuse | None:
    page = page_of(headers, is_text=is_text)
    if page is not None:
        return Refuse(f"the host sent {page} instead of a recording")
    if "transfer-encoding" in headers:
        # Beside a length, chunks make readers disagree on where the body ends.
        return Refuse("the host sent chunks, although a store knows the length of a file")
    if headers.get("content-encoding", "identity").lower() != "identity":
        return Refuse("the host sent encoded bytes although identity was asked for")
    if total == 0:
        return Refuse("the host sent an empty file")
    if total > MAX_BYTES:
        return Refuse(f"the host announced {total} bytes, more than a recording can have")
    return None
