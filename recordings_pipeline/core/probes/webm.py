"""WebM and Matroska: their header, tracks and duration, and the last cluster.

A segment of known length must end where the file does. One that was written live says neither how
long it is nor how long it lasts: then the blocks of the last cluster tell both.

Source: RFC 9559 (Matroska), the WebM container guidelines.
"""

from collections.abc import Generator
from dataclasses import dataclass

from recordings_pipeline.core.probes.ebml import HEADER_BYTES, children, element, real, unsigned
from recordings_pipeline.core.probes.sound import Damaged, Need, Probe, Sound, Window

_EBML, _DOCUMENT_TYPE, _SEGMENT = 0x1A45DFA3, 0x4282, 0x18538067
_INFO, _SCALE, _DURATION = 0x1549A966, 0x2AD7B1, 0x4489
_TRACKS, _TRACK, _KIND, _CODEC, _AUDIO = 0x1654AE6B, 0xAE, 0x83, 0x86, 0xE1
_HZ, _CHANNELS, _PRIVATE = 0xB5, 0x9F, 0x63A2
_CLUSTER, _TIME, _SIMPLE_BLOCK, _GROUP, _BLOCK = 0x1F43B675, 0xE7, 0xA3, 0xA0, 0xA1
_CRC = 0xBF
_CLUSTER_ID = _CLUSTER.to_bytes(4, "big")
_CODECS = {
    "A_OPUS": "opus",
    "A_VORBIS": "vorbis",
    "A_AAC": "aac",
    "A_MPEG/L3": "mp3",
    "A_PCM/INT/LIT": "pcm",
    "V_VP8": "vp8",
    "V_VP9": "vp9",
    "V_AV1": "av1",
    "V_MPEG4/ISO/AVC": "h264",
}
_MOST_HEADER_BYTES = 16_384
_MOST_ELEMENTS = 32
# A cluster of five seconds of speech has 30 kB, of a minute 400; those of a screen are longer and
# are not looked into.
_TAILS_BYTES = (65_536, 458_752)
# A cluster can have 200,000 elements if it wants to be slow; a minute of speech has 3,000.
_MOST_BLOCKS = 4_096
_PICTURE, _SOUND = 1, 2
# The last block starts up to 120 ms before the end, the longest packet of Opus; clocks round.
_LATE_S = 2.0


@dataclass(slots=True)
class _Found:
    """What the elements so far said; times are in units of ``scale_ns``."""

    container: str
    scale_ns: int = 1_000_000
    duration: float = 0.0
    codec: str | None = None
    channels: int | None = None
    hz: int | None = None
    is_audio: bool = False
    is_video: bool = False
    is_live: bool = False
    first_cluster: int = 0

    def seconds(self, ticks: float) -> float:
        return ticks * self.scale_ns / 1e9


def webm(window: Window) -> Probe:
    """Read the headers, and the last cluster if it is small enough."""
    found, at = yield from _document(window)
    at = yield from _segment(window, at, found)
    yield from _headers(window, at, found)
    if not (found.is_audio or found.is_video):
        raise Damaged("the Matroska file announces neither sound nor picture")
    announced = found.seconds(found.duration) if found.duration > 0 else None
    last = yield from _last_block(window, found)
    heard = None if last is None else found.seconds(last)
    # A picture that does not change is sent once and lasts.
    if None not in (heard, announced) and not found.is_video:
        _require_reached(announced or 0, heard or 0)
    return Sound(
        found.container,
        found.codec,
        found.channels,
        found.hz,
        duration_s=announced or heard or (None if found.is_video else heard),
        is_video=found.is_video,
        doubt=_doubt(found, last),
        payload_offset=found.first_cluster,
        payload_bytes=window.size - found.first_cluster,
    )


def _doubt(found: _Found, last: int | None) -> str | None:
    if found.is_live and not found.is_video and last is None:
        return "it was written live, and nothing says where its last cluster ends"
    return None


def _require_reached(announced: float, heard: float) -> None:
    if announced - heard > _LATE_S:
        raise Damaged(f"it announces {announced:.1f} s, its last block is at {heard:.1f} s")


def _document(window: Window) -> Generator[Need, bytes, tuple[_Found, int]]:
    head = yield from window.read(0, HEADER_BYTES)
    top = element(head, 0)
    if top is None or top.length is None or top.length > _MOST_HEADER_BYTES:
        raise Damaged("the EBML header has no sensible length")
    content = yield from window.exactly(top.header, top.length, "the EBML header")
    kind = next((value for number, value in children(content) if number == _DOCUMENT_TYPE), b"")
    names = {b"webm": "webm", b"matroska": "mkv"}
    container = names.get(kind.rstrip(b"\0"))
    if container is None:
        raise Damaged("the EBML header announces neither WebM nor Matroska")
    return _Found(container), top.header + top.length


def _segment(window: Window, at: int, found: _Found) -> Generator[Need, bytes, int]:
    """Compare the announced length with the file's; return where the content starts."""
    head = yield from window.read(at, HEADER_BYTES)
    segment = element(head, 0)
    if segment is None or segment.number != _SEGMENT:
        raise Damaged("the Matroska file has no segment")
    start = at + segment.header
    found.is_live = segment.length is None
    if segment.length is not None and start + segment.length != window.size:
        total = start + segment.length
        raise Damaged(f"the segment ends at byte {total}, the file has {window.size}")
    return start


def _headers(window: Window, at: int, found: _Found) -> Generator[Need, bytes, None]:
    """Read what comes before the first cluster."""
    for _ in range(_MOST_ELEMENTS):
        head = yield from window.read(at, HEADER_BYTES)
        part = element(head, 0)
        if part is None:
            break
        if part.number == _CLUSTER:
            found.first_cluster = at
            return
        if part.length is None:
            raise Damaged(f"the element at byte {at} has no length")
        start = at + part.header
        if part.number in (_INFO, _TRACKS):
            length = min(part.length, _MOST_HEADER_BYTES)
            content = yield from window.exactly(start, length, "its header")
            (_read_info if part.number == _INFO else _read_tracks)(content, found)
        at = start + part.length
    raise Damaged("the Matroska file holds no sound")


def _read_info(content: bytes, found: _Found) -> None:
    for number, value in children(content):
        if number == _SCALE:
            found.scale_ns = unsigned(value)
        elif number == _DURATION:
            found.duration = real(value)


def _read_tracks(content: bytes, found: _Found) -> None:
    """Note the first track of sound, or that of a picture where there is no sound."""
    for number, track in children(content):
        if number != _TRACK:
            continue
        entry = dict(children(track))
        kind = unsigned(entry.get(_KIND, b""))
        codec = _CODECS.get(entry.get(_CODEC, b"").rstrip(b"\0").decode("latin-1"))
        if kind == _SOUND and not found.is_audio:
            audio = dict(children(entry.get(_AUDIO, b"")))
            found.is_audio, found.codec = True, codec
            found.channels = unsigned(audio.get(_CHANNELS, b"\1"))
            found.hz = round(real(audio.get(_HZ, b""))) or 8_000
            head = entry.get(_PRIVATE, b"")
            if head.startswith(b"OpusHead"):
                found.hz = int.from_bytes(head[12:16], "little") or found.hz
        elif kind == _PICTURE:
            found.is_video = True
            found.codec = found.codec if found.is_audio else codec


def _last_block(window: Window, found: _Found) -> Generator[Need, bytes, int | None]:
    """Return the time of the last block; None when the last cluster is too long to be read.

    Raises:
        Damaged: The elements of the last cluster do not end where the file does.
    """
    for length in _TAILS_BYTES[: 1 if found.is_video else 2]:
        offset = max(found.first_cluster, window.size - length)
        tail = yield from window.read(offset, window.size - offset)
        at = _last_cluster(tail)
        if at is not None:
            return _walked(tail, at)
    return None


def _last_cluster(tail: bytes) -> int | None:
    at = len(tail)
    for _ in range(_MOST_ELEMENTS):
        at = tail.rfind(_CLUSTER_ID, 0, at + 3)
        if at < 0:
            return None
        cluster = element(tail, at)
        if cluster is not None and _starts_with_time(tail, at + cluster.header):
            return at
    return None


def _starts_with_time(tail: bytes, at: int) -> bool:
    """The id of a cluster may stand in the sound itself: a cluster starts with its time.

    A checksum of the cluster may come before.
    """
    first = element(tail, at)
    return first is not None and first.number in (_TIME, _CRC) and first.length in range(1, 9)


def _walked(tail: bytes, at: int) -> int:
    """Walk from a cluster to the end of the file; return the time of the last block."""
    time = latest = 0
    for _ in range(_MOST_BLOCKS):
        if at == len(tail):
            return latest
        part = element(tail, at)
        # Beyond the end, where an element that was cut leads, there is none either.
        is_folder = part is not None and part.number in (_CLUSTER, _GROUP)
        if part is None or (part.length is None and not is_folder):
            raise Damaged("the file ends inside a Matroska element, or in bytes that are none")
        start = at + part.header
        if is_folder:
            at = start
            continue
        length = part.length or 0
        if part.number == _TIME:
            time = unsigned(tail[start : start + length])
        elif part.number in (_SIMPLE_BLOCK, _BLOCK):
            # One byte of track number, in every file with fewer than 127 tracks.
            relative = int.from_bytes(tail[start + 1 : start + 3], "big", signed=True)
            latest = max(latest, time + relative)
        at = start + length
    return latest
