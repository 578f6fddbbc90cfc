"""MP4 and M4A: the boxes of the file, and what the index says of the tracks.

Source: ISO/IEC 14496-12 (boxes), 14496-14 and 14496-3 (AAC), the registered codec names of MP4RA.
"""

from collections.abc import Generator
from dataclasses import dataclass

from recordings_pipeline.core.probes.sound import Damaged, Need, Probe, Sound, Window

_CODECS = {
    b"mp4a": "aac",
    b"Opus": "opus",
    b"alac": "alac",
    b".mp3": "mp3",
    b"ulaw": "ulaw",
    b"alaw": "alaw",
    b"avc1": "h264",
    b"avc3": "h264",
    b"hvc1": "h265",
    b"hev1": "h265",
    b"vp08": "vp8",
    b"vp09": "vp9",
    b"av01": "av1",
}
_FOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
# A box a second of a screen that was written live; more of them are left unread.
_MOST_BOXES = 24
_MOST_INNER = 96
_HEADER_BYTES = 16


@dataclass(frozen=True, slots=True)
class _Box:
    """A box: its name, where its content starts, and where it ends."""

    name: bytes
    start: int
    end: int


@dataclass(slots=True)
class _Track:
    """What the boxes of a track said."""

    kind: bytes = b""
    seconds: float | None = None
    codec: bytes = b""
    channels: int = 0
    hz: int = 0


def mp4(window: Window) -> Probe:
    """Walk the boxes of the file, then those of its index."""
    index, is_live = yield from _top(window)
    tracks = yield from _tracks(window, index)
    heard = next((track for track in tracks if track.kind == b"soun"), None)
    seen = next((track for track in tracks if track.kind == b"vide"), None)
    main = heard or seen
    if main is None:
        raise Damaged("the MP4 file announces neither sound nor picture")
    if not is_live and not main.seconds:
        raise Damaged("the MP4 file holds no sound")
    return Sound(
        "mp4" if seen else "m4a",
        _CODECS.get(main.codec),
        heard.channels if heard else None,
        heard.hz if heard else None,
        duration_s=None if is_live else main.seconds,
        is_video=seen is not None,
        payload_bytes=window.size,
    )


def _top(window: Window) -> Generator[Need, bytes, tuple[_Box, bool]]:
    """Return the index, and whether the sound was written live, in fragments."""
    index, has_sound, is_live = None, False, False
    at = 0
    for _ in range(_MOST_BOXES):
        if at == window.size:
            break
        box = yield from _box(window, at, window.size)
        if at > 0 and box.name == b"ftyp":
            raise Damaged(f"another MP4 file starts at byte {at}")
        index = box if box.name == b"moov" else index
        has_sound = has_sound or box.name == b"mdat"
        is_live = is_live or box.name == b"moof"
        at = box.end
    if index is None:
        raise Damaged("the MP4 file has no index")
    if not has_sound:
        raise Damaged("the MP4 file holds no sound")
    if at < window.size and not is_live:
        raise Damaged(f"the MP4 file has more than {_MOST_BOXES} boxes")
    return index, is_live


def _box(window: Window, at: int, end: int) -> Generator[Need, bytes, _Box]:
    head = yield from window.read(at, min(_HEADER_BYTES, end - at))
    if len(head) < 8:
        raise Damaged("the file ends inside the header of an MP4 box")
    length, name, start = int.from_bytes(head[:4], "big"), head[4:8], at + 8
    if length == 1:
        length, start = int.from_bytes(head[8:16], "big"), at + 16
    elif length == 0:
        length = end - at
    if length < start - at or not name.replace(b"\xa9", b"c").isalnum():
        raise Damaged(f"no MP4 box starts at byte {at}, where one should")
    if at + length > end:
        raise Damaged(f"an MP4 box announces {length} bytes, there are {end - at} more")
    return _Box(name, start, at + length)


def _tracks(window: Window, index: _Box) -> Generator[Need, bytes, list[_Track]]:
    """Walk the index without recursion: a folder is entered, anything else is passed by."""
    tracks: list[_Track] = []
    at, ends = index.start, [index.end]
    for _ in range(_MOST_INNER):
        while ends and at >= ends[-1]:
            ends.pop()
        if not ends:
            return tracks
        box = yield from _box(window, at, ends[-1])
        if box.name == b"trak":
            tracks.append(_Track())
        if box.name in _FOLDERS:
            ends.append(box.end)
            at = box.start
            continue
        if tracks:
            yield from _note(window, box, tracks[-1])
        at = box.end
    raise Damaged("the index of the MP4 file has too many boxes")


def _note(window: Window, box: _Box, track: _Track) -> Generator[Need, bytes, None]:
    """Take what a box says of its track."""
    if box.name not in (b"mdhd", b"hdlr", b"stsd"):
        return
    content = yield from window.read(box.start, min(box.end - box.start, 64))
    if box.name == b"mdhd":
        wide = content[:1] == b"\1"
        at = 20 if wide else 12
        hz = int.from_bytes(content[at : at + 4], "big")
        units = int.from_bytes(content[at + 4 : at + (12 if wide else 8)], "big")
        track.seconds = units / hz if hz else None
    elif box.name == b"hdlr":
        track.kind = content[8:12]
    else:
        track.codec = content[12:16]
        track.channels = int.from_bytes(content[32:34], "big")
        track.hz = int.from_bytes(content[40:42], "big")
