"""Frames of MPEG audio and of AAC, which follow each other without a container.

Source: ISO/IEC 11172-3 and 13818-3 (layer III), 13818-7 (ADTS).
"""

from collections.abc import Callable
from dataclasses import dataclass

_MPEG_1_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MPEG_2_KBPS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_MPEG_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_AAC_HZ = (
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000,
    22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, by its header.

    Attributes:
        kbps: Bit rate of an MP3 frame; 0 for AAC, whose frames all differ.
        key: What all frames of a file have in common.
    """

    length: int
    samples: int
    hz: int
    channels: int
    kbps: int
    key: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Frames that follow each other.

    Attributes:
        end: Where the next one would start; beyond the bytes when the last one was cut.
        kbps: Bit rate of all of them; 0 when it changes.
    """

    end: int
    frames: int
    samples: int
    kbps: int


Parse = Callable[[bytes, int], Frame | None]


def mp3_frame(data: bytes, at: int) -> Frame | None:
    """Read the header of a layer III frame; None when there is none, or of free format."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = data[at + 1] >> 3 & 3, data[at + 1] >> 1 & 3
    rate, hz = data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or layer != 1 or hz == 3 or rate in (0, 15):
        return None
    kbps = (_MPEG_1_KBPS if version == 3 else _MPEG_2_KBPS)[rate]
    samples = 1_152 if version == 3 else 576
    rate_hz = _MPEG_HZ[version][hz]
    length = samples // 8 * kbps * 1_000 // rate_hz + (data[at + 2] >> 1 & 1)
    channels = 1 if data[at + 3] >> 6 == 3 else 2
    return Frame(length, samples, rate_hz, channels, kbps, version << 8 | hz << 4 | channels)


def aac_frame(data: bytes, at: int) -> Frame | None:
    """Read the header of an ADTS frame; None when there is none."""
    if at + 7 > len(data) or data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0:
        return None
    hz = data[at + 2] >> 2 & 15
    length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
    if hz >= len(_AAC_HZ) or length < 7:
        return None
    channels = (data[at + 2] & 1) << 2 | data[at + 3] >> 6
    samples = 1_024 * ((data[at + 6] & 3) + 1)
    return Frame(length, samples, _AAC_HZ[hz], channels, 0, hz << 4 | channels)


def chained(data: bytes, at: int, parse: Parse, key: int) -> Chain:
    """Follow frames of one key from an offset on, to the last one that starts in the bytes."""
    frames = samples = kbps = 0
    is_steady = True
    while at < len(data):
        frame = parse(data, at)
        if frame is None or frame.key != key:
            break
        is_steady = is_steady and kbps in (0, frame.kbps)
        kbps = frame.kbps
        frames += 1
        samples += frame.samples
        at += frame.length
    return Chain(at, frames, samples, kbps if is_steady else 0)
