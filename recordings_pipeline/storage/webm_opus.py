"""Opus out of WebM, minute by minute, for a decoder that reads Ogg.

libsndfile knows no WebM; PyAV does, but brings 104 MB and GPL code. A minute at a time keeps memory
flat: each begins with the last packets of the one before, which the decoder needs to settle.

Source: RFC 9559 (Matroska), RFC 7845, section 4.6 (80 ms until a decoder is right).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from recordings_pipeline.core.probes.ebml import HEADER_BYTES, Element, children, element, unsigned
from recordings_pipeline.core.voice.ogg_opus import OPUS_HZ, ogg_of, opus_samples, skip_of

_SEGMENT, _TRACKS, _CLUSTER, _GROUP = 0x18538067, 0x1654AE6B, 0x1F43B675, 0xA0
_FOLDERS = frozenset({_SEGMENT, _CLUSTER, _GROUP})
_TRACK, _NUMBER, _PRIVATE = 0xAE, 0xD7, 0x63A2
_SIMPLE_BLOCK, _BLOCK = 0xA3, 0xA1
_MOST_TRACKS_BYTES = 16_384
# 48 frames of 1,275 bytes, the longest packet there is.
_MOST_PACKET_BYTES = 61_440
_BLOCK_HEADER, _LACED = 4, 0x06
_WINDOW_BYTES = 262_144
# 0.2 s of packets of 20 ms.
_SETTLING = 10
_MINUTE = 60 * OPUS_HZ


class UnreadableWebm(Exception):
    """Its Opus cannot be taken out; the problem is a clause that quotes none of its bytes."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(slots=True)
class _Window:
    """A file read forward."""

    descriptor: int
    start: int = 0
    data: bytes = b""

    def read(self, offset: int, length: int) -> bytes:
        if not self.start <= offset <= offset + length <= self.start + len(self.data):
            self.start = offset
            self.data = os.pread(self.descriptor, max(length, _WINDOW_BYTES), offset)
        return self.data[offset - self.start : offset - self.start + length]


def ogg_minutes(descriptor: int) -> Iterator[bytes]:
    """Yield the sound of a WebM file as Ogg files of a minute; decoded and joined, they are it.

    Raises:
        UnreadableWebm: It holds no Opus, or holds it in a way that recordings do not.
    """
    elements = _elements(_Window(descriptor))
    head = next(elements, b"")
    if not head.startswith(b"OpusHead") or len(head) < 19:  # noqa: PLR2004 (RFC 7845, 5.1)
        raise UnreadableWebm("it holds no Opus")
    before: list[bytes] = []
    packets: list[bytes] = []
    length = 0
    for packet in elements:
        packets.append(packet)
        length += opus_samples(packet)
        if length >= _MINUTE:
            yield _minute(head, before, packets)
            before, packets, length = packets[-_SETTLING:], [], 0
    if packets:
        yield _minute(head, before, packets)


def _minute(head: bytes, before: list[bytes], packets: list[bytes]) -> bytes:
    skip = sum(map(opus_samples, before)) if before else skip_of(head)
    return ogg_of(head, [*before, *packets], skip)


def _elements(window: _Window) -> Iterator[bytes]:
    """Yield the head of the first track of Opus, then its packets."""
    at, track = 0, None
    while (part := element(window.read(at, HEADER_BYTES), 0)) is not None:
        start = at + part.header
        if part.number in _FOLDERS:
            at = start
            continue
        if part.length is None:
            raise UnreadableWebm("an element of it has no length")
        if part.number == _TRACKS and track is None:
            track, head = _track(window.read(start, min(part.length, _MOST_TRACKS_BYTES)))
            yield head
        elif part.number in (_SIMPLE_BLOCK, _BLOCK) and track is not None:
            packet = _packet(window, start, part, track)
            # What has no length would wait for the end of its minute for ever.
            if opus_samples(packet):
                yield packet
        at = start + part.length


def _track(tracks: bytes) -> tuple[int, bytes]:
    for number, content in children(tracks):
        entry = dict(children(content)) if number == _TRACK else {}
        if entry.get(_PRIVATE, b"").startswith(b"OpusHead"):
            return unsigned(entry.get(_NUMBER, b"\1")), entry[_PRIVATE]
    raise UnreadableWebm("it holds no Opus")


def _packet(window: _Window, start: int, part: Element, track: int) -> bytes:
    """Return the packet in a block; nothing for one of another track."""
    head = window.read(start, _BLOCK_HEADER)
    # One byte of track number, in every file with fewer than 127 tracks.
    if len(head) < _BLOCK_HEADER or head[0] != 0x80 | track:
        return b""
    if head[3] & _LACED:
        raise UnreadableWebm("it packs several sounds into a block")
    length = (part.length or 0) - _BLOCK_HEADER
    if length > _MOST_PACKET_BYTES:
        raise UnreadableWebm("a packet of it is longer than Opus has")
    return window.read(start + _BLOCK_HEADER, max(length, 0))
