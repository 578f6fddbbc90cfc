"""Samples out of audio files, block by block, by whoever can decode them."""

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from recordings_pipeline.core.probes.sound import Sound
from recordings_pipeline.core.voice.mp3_delay import late_samples
from recordings_pipeline.core.voice.rows import NEEDS_CODECS
from recordings_pipeline.storage.extras import can_decode_aac
from recordings_pipeline.storage.webm_opus import UnreadableWebm, ogg_minutes

# 8 s of a telephone line: large enough that numpy's work outweighs Python's.
BLOCK_FRAMES = 65_536
# What AAC begins with, in samples: the encoder's first frame (ISO 14496-24).
_AAC_SAMPLES = 1_024
_HEAD_BYTES = 512

Block = npt.NDArray[np.float32]


class CannotListen(Exception):
    """A file cannot be decoded; the problem is a clause that quotes none of its bytes."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Decoded:
    """A sound being decoded.

    Attributes:
        late: Samples at its start that were added on the way.
        blocks: Of shape (samples, channels), full scale at 1.
    """

    rate: int
    channels: int
    late: int
    blocks: Iterator[Block]


def decoded(path: Path, sound: Sound) -> Decoded:
    """Begin to decode a file.

    Raises:
        CannotListen: Nobody here can; iterating over the blocks may find that out, too.
    """
    if sound.is_video or sound.container is None:
        raise CannotListen("is no sound")
    decode = _DECODERS.get(sound.container)
    if decode is None:
        raise CannotListen(f"nobody here can decode {sound.container}")
    return decode(path, sound)


def _by_libsndfile(path: Path, sound: Sound) -> Decoded:
    late = late_samples(_head(path, sound.payload_offset)) if sound.container == "mp3" else 0
    with _decoding(sound), soundfile.SoundFile(str(path)) as file:
        rate, channels = file.samplerate, file.channels
    return Decoded(rate, channels, late, _blocks_of(str(path), sound))


def _blocks_of(file: str | io.BytesIO, sound: Sound) -> Iterator[Block]:
    with _decoding(sound), soundfile.SoundFile(file) as opened:
        while len(block := opened.read(BLOCK_FRAMES, dtype="float32", always_2d=True)):
            yield block


def _webm(path: Path, sound: Sound) -> Decoded:
    minutes = _minutes(path)
    first = next(minutes, None)
    if first is None:
        raise CannotListen("holds no sound")
    with _decoding(sound), soundfile.SoundFile(io.BytesIO(first)) as file:
        rate, channels = file.samplerate, file.channels
    return Decoded(rate, channels, 0, _webm_blocks(first, minutes, sound))


def _webm_blocks(first: bytes, minutes: Iterator[bytes], sound: Sound) -> Iterator[Block]:
    ogg: bytes | None = first
    while ogg is not None:
        yield from _blocks_of(io.BytesIO(ogg), sound)
        ogg = next(minutes, None)


def _minutes(path: Path) -> Iterator[bytes]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield from ogg_minutes(descriptor)
    except UnreadableWebm as error:
        raise CannotListen(error.problem) from None
    finally:
        os.close(descriptor)


def _by_ffmpeg(path: Path, sound: Sound) -> Decoded:
    """Let FFmpeg decode AAC, where PyAV is installed."""
    if not can_decode_aac():
        raise CannotListen(NEEDS_CODECS)
    from recordings_pipeline.storage.ffmpeg import opened_by_ffmpeg  # noqa: PLC0415 (an extra)

    rate, channels, blocks = opened_by_ffmpeg(path, sound)
    return Decoded(rate, channels, _AAC_SAMPLES if sound.container == "aac" else 0, blocks)


def _head(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(_HEAD_BYTES)


class _decoding:  # noqa: N801 (used as a function)
    """Turns what libsndfile says into what is wrong with the file."""

    def __init__(self, sound: Sound) -> None:
        self._sound = sound

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, soundfile.LibsndfileError):
            codec = self._sound.codec or "unknown"
            problem = f"{codec} in {self._sound.container} cannot be decoded"
            raise CannotListen(problem) from None


_DECODERS: dict[str, Callable[[Path, Sound], Decoded]] = {
    "wav": _by_libsndfile,
    "ogg": _by_libsndfile,
    "mp3": _by_libsndfile,
    "webm": _webm,
    "mkv": _webm,
    "aac": _by_ffmpeg,
    "m4a": _by_ffmpeg,
    "mp4": _by_ffmpeg,
}
