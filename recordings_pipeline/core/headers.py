"""What the headers of a media host's answer say, read so that no client can change their meaning.

Headers are looked up by lower-case name, as `header_mapping` returns them.

Source: RFC 9110, sections 5.3 (repeated headers), 8.6 (Content-Length), 8.8.3 (ETag), 10.2.3
(Retry-After), 14.4 (Content-Range).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from recordings_pipeline.core.retries import http_date, retry_after_s

# Fifteen digits are a petabyte; Python refuses to read more than 4,300 with an error of its own.
_LENGTH = re.compile(r"[0-9]{1,15}")
_CONTENT_RANGE = re.compile(
    r"bytes (?:(?P<start>[0-9]{1,15})-(?P<end>[0-9]{1,15})|\*)/(?P<total>[0-9]{1,15})",
    re.IGNORECASE,
)
# It goes back to the host in a request: quoted, printable, and no longer than any store's.
_STRONG_ETAG = re.compile(r'"[!#-~]{1,200}"')
# What is no page is judged by its bytes: stores announce `application/octet-stream`, or nothing.
_PAGE = re.compile(r"\b(html|xml|json|javascript)\b")
_PAGES = re.compile(r"(text|multipart)/")
_WRITTEN = frozenset({"text/plain", "application/json"})


@dataclass(frozen=True, slots=True)
class ContentRange:
    """Which bytes a body holds: from ``start`` up to ``end``, not included, of ``total``.

    Start and end are None in the answer to a range that there is not.
    """

    start: int | None
    end: int | None
    total: int


def header_mapping(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return an answer's headers by lower-case name, those that came twice joined by ``, ``.

    Joined, two lengths are no number and two ETags no ETag; a reader that kept one of them would
    decide which one is true.
    """
    headers: dict[str, str] = {}
    for line_name, line_value in lines:
        name, value = line_name.strip().lower(), line_value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def content_length(headers: Mapping[str, str]) -> int | None:
    """Return the announced size of the body; None when there is no number, or more than one.

    Saying the same twice is allowed, and some clients hand ``10, 10`` over as ``10``.
    """
    lengths = {length.strip() for length in headers.get("content-length", "").split(",")}
    if len(lengths) != 1 or not _LENGTH.fullmatch(length := lengths.pop()):
        return None
    return int(length)


def content_range(headers: Mapping[str, str]) -> ContentRange | None:
    """Return the announced range; None without one, or with a total that nobody knows."""
    match = _CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
    if match is None:
        return None
    total = int(match["total"])
    if match["start"] is None:
        return ContentRange(None, None, total)
    return ContentRange(int(match["start"]), int(match["end"]) + 1, total)


def strong_etag(headers: Mapping[str, str]) -> str | None:
    """Return the ETag if it can bind two halves of a file; a weak one and a date cannot."""
    etag = headers.get("etag", "")
    return etag if _STRONG_ETAG.fullmatch(etag) else None


def page_of(headers: Mapping[str, str], *, is_text: bool) -> str | None:
    """Say what kind of page an answer announces; None when it may be a recording.

    Args:
        headers: Headers of the answer.
        is_text: Whether a chat, an e-mail or a message thread is wanted instead of sound.
    """
    for announced in headers.get("content-type", "").lower().split(","):
        content_type = announced.partition(";")[0].strip()
        page = _PAGE.search(content_type) or _PAGES.match(content_type)
        if page is not None and not (is_text and content_type in _WRITTEN):
            return page[1]
    return None


def pause_s(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After; a date in it counts by the host's own clock, which may differ from ours."""
    return retry_after_s(headers, http_date(headers.get("date", "")))
