"""Ogg pages: their checksum, their serial number, and the packets inside them."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_HEADER_BYTES = 27
_GRANULE, _SERIAL, _CHECKSUM, _LACES = 6, 14, 22, 26
# Frames of Opus in 48 kHz samples, by the upper five bits of a packet's first byte.
_SILK, _HYBRID, _CELT = (480, 960, 1_920, 2_880), (480, 960), (120, 240, 480, 960)


@dataclass(frozen=True, slots=True)
class OpusStream:
    """An Opus recording without its container.

    Attributes:
        head: The ``OpusHead`` packet.
        packets: The audio packets in order.
        end: Position of the last audible sample at 48 kHz, counted from the first decoded one:
            what lies beyond in the last packet is padding.
    """

    head: bytes
    packets: tuple[bytes, ...]
    end: int

    @property
    def channels(self) -> int:
        return self.head[9]

    @property
    def skip(self) -> int:
        """Samples at 48 kHz to drop from the start of what is decoded."""
        return int.from_bytes(self.head[10:12], "little")


def checksum(page: bytes) -> int:
    """Return the CRC-32 of a page whose checksum field is zero.

    Ogg's CRC takes bits in the other order than zlib's and inverts nothing. Reflecting the
    input and the result, and undoing the inversions, lets zlib do the work.

    Source: RFC 3533, section 6.
    """
    reflected = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{reflected:032b}"[::-1], 2)


def with_serial(data: bytes, serial: int) -> bytes:
    """Give a stream a serial number, as libsndfile draws a random one each time."""
    out = bytearray(data)
    for start, end in _pages(data):
        struct.pack_into("<I", out, start + _SERIAL, serial)
        struct.pack_into("<I", out, start + _CHECKSUM, 0)
        struct.pack_into("<I", out, start + _CHECKSUM, checksum(bytes(out[start:end])))
    return bytes(out)


def opus_stream(data: bytes) -> OpusStream:
    """Take the packets of an Ogg Opus file out of their pages.

    Source: RFC 7845, sections 3 to 5.
    """
    packets: list[bytes] = []
    part = b""
    granule = 0
    for start, end in _pages(data):
        granule = int.from_bytes(data[start + _GRANULE : start + _SERIAL], "little")
        laces = data[start + _HEADER_BYTES : start + _HEADER_BYTES + data[start + _LACES]]
        at = start + _HEADER_BYTES + len(laces)
        for lace in laces:
            part += data[at : at + lace]
            at += lace
            if lace < 255:
                packets.append(part)
                part = b""
        if at != end:
            raise ValueError(f"an Ogg page at byte {start} ends at {end}, not at {at}")
    head, _comments, *audio = packets
    return OpusStream(head, tuple(audio), granule)


def opus_samples(packet: bytes) -> int:
    """Return how many samples at 48 kHz a packet decodes to.

    Source: RFC 6716, section 3.1.
    """
    configuration, code = packet[0] >> 3, packet[0] & 3
    if configuration < 12:
        frame = _SILK[configuration & 3]
    elif configuration < 16:
        frame = _HYBRID[configuration & 1]
    else:
        frame = _CELT[configuration & 3]
    count = (1, 2, 2)[code] if code < 3 else packet[1] & 63
    return frame * count


def _pages(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each page starts and ends."""
    start = 0
    while start < len(data):
        if data[start : start + 4] != b"OggS":
            raise ValueError(f"no Ogg page at byte {start}")
        laces = data[start + _LACES]
        body = start + _HEADER_BYTES + laces
        end = body + sum(data[start + _HEADER_BYTES : body])
        yield start, end
        start = end
