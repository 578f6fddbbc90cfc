"""Ogg: the pages that start its streams, and the last one.

What lies between is not read: a page lost in the middle is seen by its duration, or not at all.

Source: RFC 3533 (pages), RFC 7845 (Opus), "Vorbis I specification" 4.2.2 and A.2.
"""

import zlib
from collections.abc import Generator
from dataclasses import dataclass

from recordings_pipeline.core.probes.sound import Damaged, Need, Probe, Sound, Window

_HEADER_BYTES = 27
# 255 laces of 255 bytes and the header: the last page starts somewhere in the last 65,307 bytes.
_MOST_PAGE_BYTES = _HEADER_BYTES + 255 + 255 * 255
_MOST_STREAMS = 8
# `OggS` may stand in the sound itself, but hardly ever does: a checksum costs 0.1 ms at most.
_MOST_CANDIDATES = 64
# A second of speech in one page.
_SAMPLE_BYTES = 8_192
_FIRST, _LAST = 2, 4
_NO_POSITION = 0xFFFF_FFFF_FFFF_FFFF
_OPUS_HZ = 48_000
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class _Page:
    """One page; ``end`` counts from wherever its bytes were taken from."""

    flags: int
    position: int
    serial: int
    number: int
    body: bytes
    end: int
    is_sound: bool


@dataclass(frozen=True, slots=True)
class _Stream:
    """One stream, by its first page; ``hz`` is what positions are counted in, 0 for no sound."""

    serial: int
    codec: str | None = None
    channels: int | None = None
    sample_rate_hz: int | None = None
    hz: int = 0
    skip: int = 0
    is_video: bool = False


def ogg(window: Window) -> Probe:
    """Read the first pages and the last one."""
    streams, start = yield from _streams(window)
    heard = next((s for s in streams if s.hz), None)
    seen = next((s for s in streams if s.is_video), None)
    main = heard or seen or streams[0]
    last = yield from _last_page(window, start)
    if last.serial not in {stream.serial for stream in streams}:
        raise Damaged("the last Ogg page belongs to another file")
    seconds = None
    if heard is not None and last.serial == heard.serial and last.position != _NO_POSITION:
        seconds = (last.position - heard.skip) / heard.hz
        if seconds <= 0:
            raise Damaged("the Ogg file holds no sound")
    yield from _require_order(window, last)
    return Sound(
        "ogg",
        main.codec,
        main.channels,
        main.sample_rate_hz,
        duration_s=seconds,
        is_video=seen is not None,
        doubt=None if last.flags & _LAST else "the last Ogg page does not end the stream",
        payload_offset=start,
        payload_bytes=window.size - start,
    )


def _streams(window: Window) -> Generator[Need, bytes, tuple[list[_Stream], int]]:
    """Return the streams that start at the start, and where the first other page lies."""
    streams: list[_Stream] = []
    at = 0
    while len(streams) < _MOST_STREAMS and at < window.size:
        header = yield from window.read(at, _HEADER_BYTES + 255)
        length = _length(header, 0)
        if length is None:
            raise Damaged(f"the file ends before, or inside, the Ogg page at byte {at}")
        if not header[5] & _FIRST:
            break
        data = yield from window.exactly(at, length, "an Ogg page")
        page = _page(data, 0)
        if page is None or not page.is_sound:
            raise Damaged(f"the Ogg page at byte {at} has a wrong checksum")
        streams.append(_stream(page))
        at += page.end
    if not streams:
        raise Damaged("the Ogg file does not start with the start of a stream")
    return streams, at


def _stream(page: _Page) -> _Stream:
    """Read the first packet of a stream."""
    body, serial = page.body, page.serial
    if body.startswith(b"OpusHead") and len(body) >= 19:
        skip, hz = int.from_bytes(body[10:12], "little"), int.from_bytes(body[12:16], "little")
        return _Stream(serial, "opus", body[9], hz or _OPUS_HZ, _OPUS_HZ, skip)
    if body.startswith(b"\x01vorbis") and len(body) >= 30:
        hz = int.from_bytes(body[12:16], "little")
        return _Stream(serial, "vorbis", body[11], hz, hz)
    if body.startswith(b"Speex   ") and len(body) >= 68:
        hz, channels = int.from_bytes(body[36:40], "little"), int.from_bytes(body[48:52], "little")
        return _Stream(serial, "speex", channels, hz, hz)
    if body.startswith((b"\x80theora", b"OVP80")):
        return _Stream(serial, "theora" if body.startswith(b"\x80") else "vp8", is_video=True)
    return _Stream(serial)


def _last_page(window: Window, start: int) -> Generator[Need, bytes, _Page]:
    """Return the last whole page, which must end where the file does."""
    offset = max(0, window.size - _MOST_PAGE_BYTES)
    data = yield from window.read(offset, window.size - offset)
    at, is_cut = len(data), False
    for _ in range(_MOST_CANDIDATES):
        at = data.rfind(b"OggS", 0, at + 3)
        if at < 0:
            break
        page = _page(data, at)
        if page is not None and page.is_sound:
            _require_end(len(data) - page.end, is_cut=is_cut)
            if offset + at < start:
                raise Damaged("the Ogg file holds no sound")
            return page
        is_cut = is_cut or page is None
    raise Damaged("the file does not end with a whole Ogg page")


def _require_order(window: Window, last: _Page) -> Generator[Need, bytes, None]:
    """Look at a page here and there: their numbers must rise.

    Where a piece that was there already came again, they fall back; a piece of less than a third of
    the file slips through.
    """
    number = 0
    for quarter in (1, 2, 3):
        at = window.size * quarter // 4
        data = yield from window.read(at, _SAMPLE_BYTES)
        header = data.find(b"OggS\0")
        page = data[header : header + _HEADER_BYTES]
        if header < 0 or len(page) < _HEADER_BYTES or _serial(page) != last.serial:
            continue
        found = int.from_bytes(page[18:22], "little")
        if not number <= found <= last.number:
            raise Damaged(f"the Ogg pages are out of order near byte {at + header}")
        number = found


def _serial(page: bytes) -> int:
    return int.from_bytes(page[14:18], "little")


def _require_end(left: int, *, is_cut: bool) -> None:
    if left and is_cut:
        raise Damaged("the file ends inside an Ogg page")
    if left:
        raise Damaged(f"{left} bytes follow the last whole Ogg page")


def _length(data: bytes, at: int) -> int | None:
    """Return how long a page is; None when its header is none, or not there as a whole."""
    if len(data) < at + _HEADER_BYTES or data[at : at + 4] != b"OggS" or data[at + 4] != 0:
        return None
    laces = data[at + _HEADER_BYTES : at + _HEADER_BYTES + data[at + 26]]
    return _HEADER_BYTES + len(laces) + sum(laces) if len(laces) == data[at + 26] else None


def _page(data: bytes, at: int) -> _Page | None:
    """Read the page at an offset of some bytes; None when it is not there as a whole."""
    length = _length(data, at)
    if length is None or at + length > len(data):
        return None
    whole = data[at : at + length]
    return _Page(
        flags=whole[5],
        position=int.from_bytes(whole[6:14], "little"),
        serial=_serial(whole),
        number=int.from_bytes(whole[18:22], "little"),
        body=whole[_HEADER_BYTES + whole[26] :],
        end=at + length,
        is_sound=int.from_bytes(whole[22:26], "little") == checksum(whole),
    )


def checksum(page: bytes) -> int:
    """Return the CRC-32 of a page, whose own field counts as zero.

    Ogg's CRC takes bits in the other order than zlib's and inverts nothing. Reflecting the input
    and the result, and undoing the inversions, lets zlib do the work: 5 kB take 10 µs.
    """
    blank = page[:22] + bytes(4) + page[26:]
    reflected = zlib.crc32(blank.translate(_REVERSED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int(f"{reflected:032b}"[::-1], 2)
