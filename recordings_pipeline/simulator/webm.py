"""Puts Opus packets into WebM, which libsndfile cannot write: one track, no index.

Source: RFC 8794 (EBML), RFC 9559 (Matroska), the WebM container guidelines, and "Matroska and
Opus" of the Matroska codec mappings.
"""

import hashlib
import struct
from collections.abc import Iterator
from itertools import groupby

from recordings_pipeline.simulator.ogg import OpusStream, opus_samples

CLUSTER_MS = 5_000
_OPUS_RATE = 48_000
# Decoders need 80 ms of what comes before to be right after a seek (RFC 7845, section 4.6).
_SEEK_NS = 80_000_000
_WRITER = "recordings_pipeline simulator"

_EBML, _SEGMENT, _INFO, _TRACKS = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B
_CLUSTER, _CLUSTER_TIME, _SIMPLE_BLOCK = 0x1F43B675, 0xE7, 0xA3
_BLOCK_GROUP, _BLOCK, _PADDING = 0xA0, 0xA1, 0x75A2
_KEYFRAME = 0x80


def webm_of(stream: OpusStream) -> bytes:
    """Return an Opus stream as a WebM file; equal streams make equal bytes.

    ``Duration`` is what is heard: without the codec's delay and the padding at the end.
    """
    duration_ms = (stream.end - stream.skip) * 1_000 / _OPUS_RATE
    identity = hashlib.blake2b(b"".join(stream.packets), digest_size=16).digest()
    body = _info(identity, duration_ms) + _tracks(stream, identity) + b"".join(_clusters(stream))
    return _file_header() + _element(_SEGMENT, body)


def _file_header() -> bytes:
    return _element(
        _EBML,
        _unsigned(0x4286, 1)  # version, read version, longest id, longest size
        + _unsigned(0x42F7, 1)
        + _unsigned(0x42F2, 4)
        + _unsigned(0x42F3, 8)
        + _element(0x4282, b"webm")
        + _unsigned(0x4287, 4)  # DiscardPadding, CodecDelay and SeekPreRoll came with version 4
        + _unsigned(0x4285, 2),
    )


def _info(identity: bytes, duration_ms: float) -> bytes:
    return _element(
        _INFO,
        _element(0x73A4, identity)
        + _unsigned(0x2AD7B1, 1_000_000)  # times below are milliseconds
        + _element(0x4489, struct.pack(">d", duration_ms))
        + _element(0x4D80, _WRITER.encode())
        + _element(0x5741, _WRITER.encode()),
    )


def _tracks(stream: OpusStream, identity: bytes) -> bytes:
    # A UID must not be 0, and 56 bits of it survive every reader.
    uid = int.from_bytes(identity[:7], "big") or 1
    audio = _element(0xB5, struct.pack(">d", _OPUS_RATE)) + _unsigned(0x9F, stream.channels)
    entry = (
        _unsigned(0xD7, 1)
        + _unsigned(0x73C5, uid)
        + _unsigned(0x83, 2)  # an audio track
        + _unsigned(0x9C, 0)  # no lacing
        + _element(0x22B59C, b"und")
        + _element(0x86, b"A_OPUS")
        + _element(0x63A2, stream.head)
        + _unsigned(0x56AA, _nanoseconds(stream.skip))
        + _unsigned(0x56BB, _SEEK_NS)
        + _element(0xE1, audio)
    )
    return _element(_TRACKS, _element(0xAE, entry))


def _clusters(stream: OpusStream) -> Iterator[bytes]:
    timed = list(_timed(stream))
    decoded = timed[-1][0] + opus_samples(timed[-1][1]) if timed else 0
    padding = decoded - stream.end
    for _, group in groupby(timed, key=lambda item: _ms(item[0]) // CLUSTER_MS):
        packets = list(group)
        start_ms = _ms(packets[0][0])
        blocks = [
            _element(_SIMPLE_BLOCK, _block(_ms(at) - start_ms, packet, _KEYFRAME))
            for at, packet in packets
        ]
        if padding > 0 and packets[-1][0] == timed[-1][0]:
            blocks[-1] = _padded(_ms(timed[-1][0]) - start_ms, timed[-1][1], padding)
        yield _element(_CLUSTER, _unsigned(_CLUSTER_TIME, start_ms) + b"".join(blocks))


def _timed(stream: OpusStream) -> Iterator[tuple[int, bytes]]:
    """Yield packets with the sample at 48 kHz at which they start."""
    at = 0
    for packet in stream.packets:
        yield at, packet
        at += opus_samples(packet)


def _padded(relative_ms: int, packet: bytes, padding: int) -> bytes:
    """Wrap the last packet, of which ``padding`` samples are not meant to be heard."""
    discard = struct.pack(">q", _nanoseconds(padding))
    block = _element(_BLOCK, _block(relative_ms, packet, 0))
    return _element(_BLOCK_GROUP, block + _element(_PADDING, discard))


def _block(relative_ms: int, packet: bytes, flags: int) -> bytes:
    return struct.pack(">BhB", 0x81, relative_ms, flags) + packet


def _ms(samples: int) -> int:
    return samples * 1_000 // _OPUS_RATE


def _nanoseconds(samples: int) -> int:
    return samples * 1_000_000_000 // _OPUS_RATE


def _unsigned(number: int, value: int) -> bytes:
    return _element(number, value.to_bytes(max(1, -(-value.bit_length() // 8)), "big"))


def _element(number: int, content: bytes) -> bytes:
    """Return an element: id, size in as many bytes as it takes, content."""
    width = next(n for n in range(1, 9) if len(content) < (1 << 7 * n) - 1)
    size = (len(content) | 1 << 7 * width).to_bytes(width, "big")
    return number.to_bytes(-(-number.bit_length() // 8), "big") + size + content
