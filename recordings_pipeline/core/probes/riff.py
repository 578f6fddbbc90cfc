"""WAV: RIFF chunks, and RF64 beyond 4 GiB.

Source: "Multimedia Programming Interface and Data Specifications 1.0" (RIFF), RFC 2361 (codec
numbers), EBU Tech 3306 (RF64), ITU-R BS.2088 (BW64).
"""

import struct
from collections.abc import Generator
from dataclasses import dataclass, replace

from recordings_pipeline.core.probes.sound import Damaged, Need, Probe, Sound, Window

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_CODECS = {
    _PCM: "pcm",
    0x02: "adpcm_ms",
    _FLOAT: "float",
    0x06: "alaw",
    0x07: "ulaw",
    0x11: "adpcm_ima",
    0x31: "gsm",
    0x42: "g723",
    0x45: "g726",
    0x55: "mp3",
    0x64: "g726",
    0x65: "g722",
    0x83: "g729",
    0x133: "g729",
    0x28F: "g722",
}
# Bits of one sample; the data of these codecs is nothing but samples.
_WIDTHS = {"pcm": (8, 16, 24, 32), "float": (32, 64), "ulaw": (8,), "alaw": (8,)}
# Codecs whose blocks say how many samples they hold; the byte rate is rounded.
_BLOCKS = frozenset({"adpcm_ms", "adpcm_ima", "gsm"})
_MOST_CHANNELS = 8
_MOST_HZ = 384_000
_MOST_CHUNKS = 48
_HEADER_BYTES = 8
# The fixed part of the format, and its longest extension.
_FORM_BYTES = 40
# G.729, the leanest codec above, takes 1,000 bytes a second: a smaller rate is none.
_LEAST_BYTES_PER_S = 100
# Written live, a length is 0 or the largest number there is; SoX writes 2^31 less 4,096 and more.
_LIVE = 0x7FFF_F000
_UNKNOWN = 0xFFFF_FFFF


@dataclass(slots=True)
class _Found:
    """What the chunks so far said.

    Attributes:
        total: Size of the file the header announces; None when it was written live.
        data_64: Length of the data as RF64 announces it.
        length: Length of the data; None before they were met.
    """

    total: int | None
    data_64: int | None = None
    form: bytes = b""
    fact: int = 0
    offset: int = 0
    length: int | None = None


def riff(window: Window) -> Probe:
    """Walk the chunks of a WAV file."""
    found, at = yield from _header(window)
    # A chunk of odd length is padded, and not every writer counts that byte at the file's end.
    if found.total is not None and abs(found.total - window.size) > 1:
        raise Damaged(f"the RIFF header announces {found.total} bytes, the file has {window.size}")
    for _ in range(_MOST_CHUNKS):
        if at >= window.size:
            return _sound(found)
        at = yield from _chunk(window, at, found)
    raise Damaged(f"the file has more than {_MOST_CHUNKS} RIFF chunks")


def _header(window: Window) -> Generator[Need, bytes, tuple[_Found, int]]:
    """Return what the header announces, and where the first chunk starts."""
    head = yield from window.exactly(0, 12, "the RIFF header")
    announced = int.from_bytes(head[4:8], "little")
    if head[:4] == b"RIFF":
        is_live = _is_live(announced) and announced + _HEADER_BYTES != window.size
        return _Found(None if is_live else announced + _HEADER_BYTES), 12
    wide = yield from window.exactly(12, 24, "the RF64 header")
    if wide[:4] != b"ds64":
        raise Damaged("the RF64 header has no 64-bit lengths")
    length, riff_64, data_64 = struct.unpack("<IQQ", wide[4:24])
    total = riff_64 + _HEADER_BYTES if riff_64 else None
    return _Found(total, data_64), 12 + _HEADER_BYTES + length + length % 2


def _is_live(length: int) -> bool:
    return length == 0 or length >= _LIVE


def _chunk(window: Window, at: int, found: _Found) -> Generator[Need, bytes, int]:
    """Read the chunk that starts at a byte; return where the next one starts."""
    header = yield from window.exactly(at, _HEADER_BYTES, "the header of a RIFF chunk")
    name, length = header[:4], int.from_bytes(header[4:], "little")
    start = at + _HEADER_BYTES
    if not (name.isascii() and name.decode("ascii").isprintable()):
        raise Damaged(f"no RIFF chunk starts at byte {at}, where one should")
    if name == b"data":
        if found.data_64 is not None and length == _UNKNOWN:
            length = found.data_64
        if found.total is None and _is_live(length):
            length = window.size - start
        found.offset, found.length = start, length
    if start + length > window.size:
        left = window.size - start
        raise Damaged(f"a RIFF chunk announces {length} bytes, the file has {left} more")
    if name == b"fmt ":
        found.form = yield from window.exactly(start, min(length, _FORM_BYTES), "the WAV format")
    elif name == b"fact":
        fact = yield from window.read(start, min(length, 4))
        found.fact = int.from_bytes(fact, "little")
    return start + length + length % 2


def _sound(found: _Found) -> Sound:
    """Say what the chunks make together."""
    if len(found.form) < 16:
        raise Damaged("the WAV header does not say which codec it has")
    if not found.length:
        raise Damaged("the WAV file holds no sound")
    tag, channels, rate, byte_rate, align, bits = struct.unpack("<HHIIHH", found.form[:16])
    if tag == _EXTENSIBLE and len(found.form) >= 26:
        tag = int.from_bytes(found.form[24:26], "little")
    if not (0 < channels <= _MOST_CHANNELS and 0 < rate <= _MOST_HZ):
        raise Damaged(f"the WAV header announces {channels} channels at {rate} Hz")
    codec = _CODECS.get(tag)
    sound = Sound(
        "wav",
        codec,
        channels,
        rate,
        bits=bits if codec in ("pcm", "float") else None,
        payload_offset=found.offset,
        payload_bytes=found.length,
    )
    if codec in _WIDTHS:
        return replace(sound, duration_s=_sampled_s(sound, bits, align))
    if codec in _BLOCKS:
        return replace(sound, duration_s=_blocks_s(sound, found, align))
    seconds = found.length / byte_rate if byte_rate >= _LEAST_BYTES_PER_S else None
    return replace(sound, duration_s=seconds)


def _sampled_s(sound: Sound, bits: int, align: int) -> float:
    """Count samples; the announced byte rate is not believed."""
    channels, rate = sound.channels or 1, sound.sample_rate_hz or 1
    if bits not in _WIDTHS[sound.codec or ""] or align != channels * bits // 8:
        raise Damaged(f"the WAV header announces {bits} bits in frames of {align} bytes")
    if sound.payload_bytes % align:
        raise Damaged("the file ends inside a sample")
    return sound.payload_bytes / align / rate


def _blocks_s(sound: Sound, found: _Found, align: int) -> float | None:
    """Count blocks; a ``fact`` chunk says how much of the last one is meant."""
    per_block = int.from_bytes(found.form[18:20], "little")
    if not align or not per_block:
        return None
    samples = sound.payload_bytes // align * per_block
    if samples - per_block < found.fact <= samples:
        samples = found.fact
    return samples / (sound.sample_rate_hz or 1)
