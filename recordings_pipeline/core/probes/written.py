"""Chats, e-mails and messages: ZIP, JSON or EML; and pages that come instead of a file.

Source: APPNOTE 6.3, sections 4.3.7 and 4.3.16 (ZIP); RFC 8259 (JSON).
"""

import json

from recordings_pipeline.core.probes.sound import Damaged, Probe, Sound, Window

_END = b"PK\x05\x06"
_END_BYTES = 22
# The comment behind the end record has 65,535 bytes at most.
_TAIL_BYTES = 65_557
_LAST_BYTES = 64
# Thousands of messages; 5 ms.
_PARSED_BYTES = 524_288


def archive(window: Window) -> Probe:
    """Look for the end of a ZIP archive, whose directory must lie before it."""
    offset = max(0, window.size - _TAIL_BYTES)
    tail = yield from window.read(offset, window.size - offset)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + _END_BYTES:
        raise Damaged("the file ends before the directory of the ZIP archive")
    length, start = (int.from_bytes(tail[at + n : at + n + 4], "little") for n in (12, 16))
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    if at + _END_BYTES + comment != len(tail):
        raise Damaged("the file does not end where the ZIP archive does")
    if start + length > offset + at:
        raise Damaged("the directory of the ZIP archive lies outside of the file")
    return Sound("zip", payload_bytes=window.size)


def text(window: Window) -> Probe:
    """Parse JSON; of a long text, look whether it ends with the bracket it starts with."""
    if window.size <= _PARSED_BYTES:
        whole = yield from window.read(0, window.size)
        _require_json(whole)
        return Sound("json", payload_bytes=window.size)
    head = yield from window.read(0, _LAST_BYTES)
    tail = yield from window.read(max(0, window.size - _LAST_BYTES), _LAST_BYTES)
    first, last = head.lstrip()[:1], tail.rstrip()[-1:]
    if (first, last) not in ((b"{", b"}"), (b"[", b"]")):
        raise Damaged("the file ends inside the JSON text")
    return Sound("json", payload_bytes=window.size)


def _require_json(whole: bytes) -> None:
    try:
        json.loads(whole)
    except (ValueError, RecursionError):
        # Without the parser's words: they quote the position, and some the text.
        raise Damaged("the bytes start like JSON and are none") from None


def mail(window: Window) -> Probe:
    """An e-mail has no end that could be missed."""
    yield from window.read(0, _LAST_BYTES)
    return Sound("eml", payload_bytes=window.size)


def problem_of(head: bytes) -> str | None:
    """Say what bytes of no known form are, as far as they are well known; None for unknown."""
    if not head:
        return "the file is empty"
    if not any(head):
        return "the file starts with zeros: its bytes never arrived"
    if head.lstrip().startswith(b"<"):
        return "the bytes are a page of HTML or XML"
    return None
