"""MP3 and ADTS AAC: the first frames, what the first one announces, and the last ones.

An MP3 file says how long it is in its first frame (Xing, Info, VBRI) or has one bit rate; an AAC
file says it nowhere, and only one that is small enough to be read as a whole has a duration.

Source: ID3v2.4.0, sections 3 and 3.4; ID3v1; the Xing and VBRI headers as LAME and Fraunhofer write
them.
"""

from collections.abc import Generator
from dataclasses import dataclass

from recordings_pipeline.core.probes.frames import (
    Chain,
    Frame,
    Parse,
    aac_frame,
    chained,
    mp3_frame,
)
from recordings_pipeline.core.probes.sound import Damaged, Need, Probe, Sound, Window

_HEAD_BYTES = 4_096
# The longest frame of MP3 has 1,441 bytes, of AAC 8,191; two of them make a chain.
_TAIL_BYTES = {"mp3": 6_144, "aac": 16_384}
# Half a minute of telephone speech in AAC; 1,000 frames take 1 ms.
_WHOLE_BYTES = 131_072
_LEAST_CHAIN = 2
_LEAST_FRAME_BYTES = 24  # 8 kbit/s at 24,000 Hz
_MOST_CANDIDATES = 64
_ID3_BYTES, _ID3V1_BYTES = 10, 128
# Where the tag stands behind the 4 bytes of the header: behind the side information, whose length
# depends on version and channels.
_TAG_OFFSETS = (36, 21, 13)
_VBRI_OFFSET = 36


@dataclass(frozen=True, slots=True)
class _Announced:
    """What the first frame says of the others; 0 for nothing."""

    frames: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Sought:
    """What the last frames look like: their first two bytes are those of every frame."""

    container: str
    start: bytes
    first: Frame
    parse: Parse


def mp3(window: Window) -> Probe:
    """Read the first and the last frames of an MP3 file."""
    return (yield from _frames(window, "mp3", mp3_frame))


def aac(window: Window) -> Probe:
    """Read the first and the last frames of an AAC file."""
    return (yield from _frames(window, "aac", aac_frame))


def _frames(window: Window, container: str, parse: Parse) -> Probe:
    start = yield from _start(window)
    end = yield from _end(window)
    room = end - start
    most = _WHOLE_BYTES if container == "aac" else _HEAD_BYTES
    is_whole = room <= most
    head = yield from window.read(start, room if is_whole else _HEAD_BYTES)
    first = parse(head, 0)
    if first is None:
        raise Damaged(f"no frame of {container} starts at byte {start}, where one should")
    front = chained(head, 0, parse, first.key)
    _require_chain(front, first, head, room)
    if is_whole:
        if front.end != room:
            raise Damaged(_ending(front.end - room))
        back = front
    else:
        back = yield from _back(window, _Sought(container, head[:2], first, parse), end)
    announced = _announced(head[: first.length]) if container == "mp3" else None
    if announced is not None:
        _require_room(announced, first, room)
    return Sound(
        container,
        container,
        first.channels or None,
        first.hz,
        duration_s=_seconds(first, front, back, announced, room if not is_whole else 0),
        payload_offset=start,
        payload_bytes=room,
    )


def _start(window: Window) -> Generator[Need, bytes, int]:
    """Return where the frames start: behind an ID3v2 tag, if there is one."""
    head = yield from window.read(0, _ID3_BYTES)
    if head[:3] != b"ID3":
        return 0
    tag = yield from window.exactly(0, _ID3_BYTES, "its ID3 tag")
    length = 0
    for seven in tag[6:10]:
        length = length << 7 | seven & 0x7F
    footer = _ID3_BYTES if tag[5] & 0x10 else 0
    start = _ID3_BYTES + length + footer
    if start >= window.size:
        raise Damaged("the file ends inside its ID3 tag")
    return start


def _end(window: Window) -> Generator[Need, bytes, int]:
    """Return where the frames end: before an ID3v1 tag, if there is one."""
    at = window.size - _ID3V1_BYTES
    if at <= 0:
        return window.size
    tag = yield from window.read(at, 3)
    return at if tag == b"TAG" else window.size


def _require_chain(front: Chain, first: Frame, head: bytes, room: int) -> None:
    """Eleven set bits are met by chance: a second frame must follow where the first one ends."""
    if front.end < len(head) and front.frames < _LEAST_CHAIN:
        raise Damaged("one frame of sound is followed by bytes that are none")
    if front.end < len(head):
        raise Damaged(f"after {front.frames} frames come bytes that are none")
    if front.frames < _LEAST_CHAIN and room > first.length:
        raise Damaged("the file ends inside a frame")


def _ending(beyond: int) -> str:
    return (
        "the file ends inside a frame" if beyond > 0 else f"{-beyond} bytes follow the last frame"
    )


def _back(window: Window, sought: _Sought, end: int) -> Generator[Need, bytes, Chain]:
    """Return the last frames, which must end where the sound does."""
    offset = max(0, end - _TAIL_BYTES[sought.container])
    tail = yield from window.read(offset, end - offset)
    tail = tail[: end - offset]
    at, best = -1, None
    for _ in range(_MOST_CANDIDATES):
        at = tail.find(sought.start, at + 1)
        if at < 0:
            break
        chain = chained(tail, at, sought.parse, sought.first.key)
        if chain.frames >= _LEAST_CHAIN and chain.end == len(tail):
            return chain
        if chain.frames >= _LEAST_CHAIN and (best is None or chain.frames > best.frames):
            best = chain
    if best is None:
        raise Damaged("the file does not end with frames of sound")
    raise Damaged(_ending(best.end - len(tail)))


def _announced(frame: bytes) -> _Announced | None:
    """Read the tag in the first frame, which is then no sound itself."""
    for offset in _TAG_OFFSETS:
        if frame[offset : offset + 4] in (b"Xing", b"Info") and len(frame) >= offset + 16:
            flags, at = frame[offset + 7], offset + 8
            frames = int.from_bytes(frame[at : at + 4], "big") if flags & 1 else 0
            at += 4 * (flags & 1)
            return _Announced(frames, int.from_bytes(frame[at : at + 4], "big") if flags & 2 else 0)
    if frame[_VBRI_OFFSET : _VBRI_OFFSET + 4] == b"VBRI" and len(frame) >= _VBRI_OFFSET + 18:
        at = _VBRI_OFFSET + 10
        size = int.from_bytes(frame[at : at + 4], "big")
        return _Announced(int.from_bytes(frame[at + 4 : at + 8], "big"), size)
    return None


def _require_room(announced: _Announced, first: Frame, room: int) -> None:
    """Encoders disagree whether the frame of the tag counts; some are a frame off at the end."""
    if announced.bytes and abs(room - announced.bytes) > 2 * first.length:
        raise Damaged(f"it announces {announced.bytes} bytes of sound, and has {room}")
    if announced.frames * _LEAST_FRAME_BYTES > room:
        raise Damaged(f"it announces {announced.frames} frames in {room} bytes")


def _seconds(
    first: Frame, front: Chain, back: Chain, announced: _Announced | None, room: int
) -> float | None:
    """Return how long it lasts; ``room`` is 0 when the front is all of it."""
    if announced is not None and announced.frames:
        return announced.frames * first.samples / first.hz
    if not room:
        return (front.samples - (first.samples if announced else 0)) / first.hz
    if first.kbps and front.kbps == back.kbps == first.kbps:
        return room / (first.kbps * 125)
    return None
