"""Compressed formats, written by libsndfile; equal samples make equal bytes.

Milliseconds of processor time for two minutes of both sides: Vorbis 260, MP3 720, Opus 1,400.
"""

import hashlib
import io
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import soundfile

from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.ogg import opus_stream, with_serial
from recordings_pipeline.simulator.voices import RATE
from recordings_pipeline.simulator.webm import webm_of

# One write of a few million frames into Vorbis overflows the C stack (libsndfile issue 1023).
WRITE_FRAMES = 16_384

_OPTIONS: dict[Format, dict[str, object]] = {
    # 6 kbit/s plus 7 % of 250, each for two channels: 50 kbit/s, as telephone recordings have.
    Format.OGG_OPUS: {"format": "OGG", "subtype": "OPUS", "compression_level": 0.93},
    Format.OGG_VORBIS: {"format": "OGG", "subtype": "VORBIS", "compression_level": 0.5},
    # 48 kbit/s. From 24 on, a frame has room for the tag that tells players of the encoder's
    # delay of 1,105 samples; below, speech comes 138 ms late in every player. At 32, words end
    # up to 43 ms late for a detector at -48 dBFS, from coding noise alone; at 48, 17 ms.
    Format.MP3: {
        "format": "MP3",
        "subtype": "MPEG_LAYER_III",
        "compression_level": 0.25,
        "bitrate_mode": "CONSTANT",
    },
}


def encoded(pieces: Iterable[npt.NDArray[np.int16]], channels: int, kind: Format) -> bytes:
    """Encode samples that come in pieces of shape (samples, channels).

    Raises:
        KeyError: The format is not a compressed one.
    """
    if kind is Format.WEBM_OPUS:
        return webm_of(opus_stream(encoded(pieces, channels, Format.OGG_OPUS)))
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", RATE, channels, **_OPTIONS[kind]) as writer:
        for piece in pieces:
            # As floats: libsndfile 1.2.2 garbles 16-bit stereo on its way into MP3, with an error
            # as loud as the speech and other bytes on every run. Dividing by 2^15 is exact.
            floats = piece.astype(np.float32) / np.float32(32_768)
            for start in range(0, len(floats), WRITE_FRAMES):
                writer.write(floats[start : start + WRITE_FRAMES])
    content = file.getvalue()
    return content if kind is Format.MP3 else with_serial(content, _serial(channels, kind))


def _serial(channels: int, kind: Format) -> int:
    name = f"{kind.name}:{channels}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=4).digest(), "little")
