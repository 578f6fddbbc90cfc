"""The media of one recording, as bytes that lie on no disk.

A sound knows its size before it is rendered when it is a WAV file, and after it was encoded,
once, when it is compressed.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from recordings_pipeline.simulator import wav
from recordings_pipeline.simulator.byte_cache import ByteCache
from recordings_pipeline.simulator.encoders import encoded
from recordings_pipeline.simulator.excerpts import Excerpt
from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.speech import Mixable

# A whole number of frames in every format: 4 bytes, 2 or 1. In µ-law, 8 s of both sides.
BLOCK_BYTES = 128 * 1024
_CODECS = {Format.WAV_PCM: wav.PCM, Format.WAV_ULAW: wav.MU_LAW}

Block = bytes | memoryview


@dataclass(frozen=True, slots=True)
class _Encoded:
    content: bytes
    etag: str

    def __len__(self) -> int:
        return len(self.content)


class Store:
    """What a process keeps of sounds: rendered blocks, and encoded files."""

    def __init__(self, *, rendered_bytes: int, encoded_bytes: int) -> None:
        self.rendered: ByteCache[bytes] = ByteCache(rendered_bytes)
        self.encoded: ByteCache[_Encoded] = ByteCache(encoded_bytes)


# 256 MB in all hold about 70 calls of two minutes in µ-law and 200 in Opus.
STORE = Store(rendered_bytes=128 * 1024**2, encoded_bytes=128 * 1024**2)


class Sound(ABC):
    """One media; bytes are counted from 0, and the last one asked for is not included."""

    def __init__(self, excerpt: Excerpt, kind: Format, store: Store) -> None:
        self._excerpt, self._format, self._store = excerpt, kind, store
        # Excerpts are named in a cache by what they sound like: equal plans share their bytes.
        self._key = excerpt.digest(), kind

    @property
    def content_type(self) -> str:
        """What its bytes are, for the header of that name."""
        return self._format.content_type

    @property
    def extension(self) -> str:
        """What its file name ends in, without a dot."""
        return self._format.extension

    @property
    @abstractmethod
    def size(self) -> int:
        """Size in bytes."""

    @property
    @abstractmethod
    def is_ready(self) -> bool:
        """Whether its bytes cost next to nothing now."""

    @property
    @abstractmethod
    def etag(self) -> str:
        """Strong validator, quoted: equal bytes have equal ones in every process."""

    def read(self, first: int = 0, last: int | None = None) -> bytes:
        """Return a span of bytes, the whole sound by default."""
        return b"".join(self.blocks(first, last))

    def blocks(self, first: int = 0, last: int | None = None) -> Iterator[Block]:
        """Yield a span of bytes as kept blocks or views of them; nothing is copied.

        Raises:
            ValueError: The span is not within the sound.
        """
        last = self.size if last is None else last
        if not 0 <= first <= last <= self.size:
            raise ValueError(f"bytes {first} to {last} of a sound of {self.size}")
        for start, block in self._parts(first, last):
            begin, end = max(first - start, 0), min(last - start, len(block))
            whole = begin == 0 and end == len(block)
            if begin < end:
                yield block if whole else memoryview(block)[begin:end]

    @abstractmethod
    def _parts(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        """Yield (offset, block) of whatever overlaps a span."""


def sound_of(
    plan: Mixable,
    kind: Format,
    *,
    channels: int = 2,
    span: tuple[int, int] | None = None,
    store: Store = STORE,
) -> Sound:
    """Return a recording's media in a format; nothing is rendered yet.

    Args:
        plan: The whole call.
        kind: Container and codec.
        channels: 2 for external left and internal right, 1 for both in one.
        span: First sample of the call, and the one after the last, when the media holds a part.
        store: Where rendered bytes are kept; shared by the process by default.

    Raises:
        ValueError: There are other than 1 or 2 channels, or the span is not within the call.
    """
    excerpt = Excerpt(plan, channels, *(span or (0, plan.length)))
    if kind in _CODECS:
        return _Wav(excerpt, kind, store)
    return _Compressed(excerpt, kind, store)


class _Wav(Sound):
    """A header, then blocks that are rendered when they are asked for."""

    def __init__(self, excerpt: Excerpt, kind: Format, store: Store) -> None:
        super().__init__(excerpt, kind, store)
        self._codec = _CODECS[kind]
        self._frame_bytes = excerpt.channels * wav.SAMPLE_BYTES[self._codec]
        self._header = wav.header_of(self._codec, excerpt.channels, excerpt.frames)
        self._data_end = len(self._header) + excerpt.frames * self._frame_bytes

    @property
    def size(self) -> int:
        # RIFF pads chunks to an even number of bytes: mono µ-law may be odd.
        return self._data_end + self._data_end % 2

    @property
    def is_ready(self) -> bool:
        return True

    @property
    def etag(self) -> str:
        digest, kind = self._key
        return _quoted(digest + kind.name.encode())

    def _parts(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        start = len(self._header)
        if first < start:
            yield 0, self._header
        for index in range(max(first - start, 0) // BLOCK_BYTES, -(-(last - start) // BLOCK_BYTES)):
            at = start + index * BLOCK_BYTES
            if at < self._data_end:
                make = partial(self._block, index)
                yield at, self._store.rendered.get((*self._key, index), make)
        if last > self._data_end:
            yield self._data_end, b"\0"

    def _block(self, index: int) -> bytes:
        frames = BLOCK_BYTES // self._frame_bytes
        pcm = self._excerpt.pcm(index * frames, (index + 1) * frames)
        return wav.payload_of(pcm, self._codec)


class _Compressed(Sound):
    """A file that is encoded whole by whoever asks first."""

    def __init__(self, excerpt: Excerpt, kind: Format, store: Store) -> None:
        super().__init__(excerpt, kind, store)
        self._held: _Encoded | None = None

    @property
    def size(self) -> int:
        return len(self._file())

    @property
    def is_ready(self) -> bool:
        return self._held is not None or self._key in self._store.encoded

    @property
    def etag(self) -> str:
        return self._file().etag

    def _parts(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:  # noqa: ARG002
        yield 0, self._file().content

    def _file(self) -> _Encoded:
        if self._held is None:
            self._held = self._store.encoded.get(self._key, self._encode)
        return self._held

    def _encode(self) -> _Encoded:
        excerpt = self._excerpt
        content = encoded(excerpt.pieces(), excerpt.channels, self._format)
        return _Encoded(content, _quoted(content))


def _quoted(content: bytes) -> str:
    """Return a validator of 32 digits, the length object stores have."""
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
