"""Opus packets in pages of Ogg, so that a decoder that knows no other container can read them.

Source: RFC 3533 (pages), RFC 7845 (Opus in Ogg), RFC 6716, section 3.1 (lengths of packets).
"""

import struct
from collections.abc import Iterator, Sequence

from recordings_pipeline.core.probes.ogg import checksum

OPUS_HZ = 48_000
_FIRST, _LAST = 2, 4
_SERIAL = 1
_MOST_LACES = 255
_TAGS = b"OpusTags" + struct.pack("<I", 0) * 2
_SKIP = slice(10, 12)
# SILK, hybrid and CELT frames in samples, by the configuration a packet begins with.
_FRAMES = (
    *(480, 960, 1_920, 2_880) * 3,
    *(480, 960) * 2,
    *(120, 240, 480, 960) * 4,
)
_COUNTED = 3
_MOST_SAMPLES = 5_760


def opus_samples(packet: bytes) -> int:
    """Return how long a packet lasts, in samples at `OPUS_HZ`; 0 for one that is malformed."""
    if not packet:
        return 0
    frames = (1, 2, 2)[packet[0] & 3] if packet[0] & 3 < _COUNTED else 0
    if packet[0] & 3 == _COUNTED:
        frames = packet[1] & 0x3F if len(packet) > 1 else 0
    samples = frames * _FRAMES[packet[0] >> 3]
    return samples if samples <= _MOST_SAMPLES else 0


def skip_of(head: bytes) -> int:
    """Return how many samples at the start of a stream are not meant to be heard."""
    return int.from_bytes(head[_SKIP], "little")


def ogg_of(head: bytes, packets: Sequence[bytes], skip: int) -> bytes:
    """Return an Ogg file of some packets.

    Args:
        head: The stream's ``OpusHead``.
        packets: At least one.
        skip: Samples at their start that are not meant to be heard.
    """
    changed = head[: _SKIP.start] + struct.pack("<H", skip) + head[_SKIP.stop :]
    pages = [_page(0, 0, _FIRST, [changed]), _page(1, 0, 0, [_TAGS])]
    position = 0
    groups = list(_groups(packets))
    for number, group in enumerate(groups, start=2):
        position += sum(map(opus_samples, group))
        pages.append(_page(number, position, _LAST if number > len(groups) else 0, group))
    return b"".join(pages)


def _groups(packets: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Part packets so that each group fits into a page."""
    group: list[bytes] = []
    laces = 0
    for packet in packets:
        needed = len(packet) // 255 + 1
        if group and laces + needed > _MOST_LACES:
            yield group
            group, laces = [], 0
        group.append(packet)
        laces += needed
    yield group


def _page(number: int, position: int, flags: int, packets: Sequence[bytes]) -> bytes:
    laces = b"".join(b"\xff" * (len(p) // 255) + bytes([len(p) % 255]) for p in packets)
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, _SERIAL, number, 0)
    page = head + bytes([len(laces)]) + laces + b"".join(packets)
    return page[:22] + checksum(page).to_bytes(4, "little") + page[26:]
