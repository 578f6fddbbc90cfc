"""What a probe finds, what it may ask for, and how little it reads whatever a file claims."""

from collections.abc import Generator
from dataclasses import dataclass

# A WAV file takes one read, a Matroska file that keeps its index in pieces a dozen.
MOST_READS = 64
MOST_BYTES = 1 << 20
# One page of the disk: the whole header of every format seen.
_READ_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes a probe asks for; never beyond the end of the file."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Sound:
    """What a file turned out to be.

    Attributes:
        container: ``wav``, ``ogg``, ``webm``, ``mkv``, ``mp3``, ``aac``, ``m4a``, ``mp4``, or a
            written ``zip``, ``json``, ``eml``; None for none of them. It is the extension, too.
        codec: ``pcm``, ``ulaw``, ``opus``, …: of the sound, or of the picture without sound;
            None when nobody here knows it.
        channels: None when the headers do not say.
        sample_rate_hz: As recorded: Opus is always decoded at 48,000 Hz.
        bits: Width of one PCM or floating-point sample; None for other codecs.
        duration_s: Counted from the bytes, or announced by the container; None when neither is
            possible within bounds.
        is_video: Whether a picture is in it.
        problem: Why it is not what it claims to be, as a clause; None for a whole file.
        doubt: What only a duration known from elsewhere can dispel; None for none.
        payload_offset: First byte of the samples, where they lie in one piece.
        payload_bytes: Bytes of them; otherwise about what is left beside the headers.
        is_silent: Whether nothing can be heard in any channel; None when nobody can tell.
    """

    container: str | None
    codec: str | None = None
    channels: int | None = None
    sample_rate_hz: int | None = None
    bits: int | None = None
    duration_s: float | None = None
    is_video: bool = False
    problem: str | None = None
    doubt: str | None = None
    payload_offset: int = 0
    payload_bytes: int = 0
    is_silent: bool | None = None


Probe = Generator[Need, bytes, Sound]
Read = Generator[Need, bytes, bytes]


class Damaged(Exception):
    """A file is not what it claims to be; the problem is a clause that quotes none of its bytes."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Window:
    """A file seen through reads that are counted: what was read last is not read again."""

    __slots__ = ("_bytes", "_data", "_reads", "_start", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self._start = 0
        self._data = b""
        self._reads = 0
        self._bytes = 0

    def read(self, offset: int, length: int) -> Read:
        """Return up to ``length`` bytes; fewer only at the end of the file.

        Raises:
            Damaged: The file would take more reads, or bytes, than any honest one, or is shorter
                than its size.
        """
        end = min(offset + length, self.size)
        if offset >= end:
            return b""
        first = offset - self._start
        if first < 0 or end - self._start > len(self._data):
            fetched = min(max(end - offset, _READ_BYTES), self.size - offset)
            self._reads += 1
            self._bytes += fetched
            if self._reads > MOST_READS or self._bytes > MOST_BYTES:
                raise Damaged("its structure is too scattered to be checked")
            self._data = yield Need(offset, fetched)
            if len(self._data) < fetched:
                raise Damaged("the file is shorter than the disk says")
            self._start, first = offset, 0
        return self._data[first : first + end - offset]

    def exactly(self, offset: int, length: int, what: str) -> Read:
        """Return ``length`` bytes.

        Raises:
            Damaged: The file ends before.
        """
        data = yield from self.read(offset, length)
        if len(data) < length:
            raise Damaged(f"the file ends inside {what}")
        return data
