"""WAV files: the header, and samples as 16-bit PCM or µ-law."""

import struct
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from recordings_pipeline.simulator.voices import RATE

# WAVE_FORMAT_PCM and WAVE_FORMAT_MULAW.
PCM, MU_LAW = 1, 7
SAMPLE_BYTES = {PCM: 2, MU_LAW: 1}
_BIAS, _CLIP = 132, 32_635


def header_of(codec: int, channels: int, frames: int) -> bytes:
    """Return everything before the samples: 44 bytes for PCM, 58 for µ-law.

    Source: RFC 2361 (codec numbers); Microsoft's "New Multimedia Data Types", 1994, which
    asks codecs other than PCM for a ``fact`` chunk with the number of frames.
    """
    width = SAMPLE_BYTES[codec]
    frame_bytes = channels * width
    size = frames * frame_bytes
    form = struct.pack("<HHIIHH", codec, channels, RATE, RATE * frame_bytes, frame_bytes, 8 * width)
    fact = b""
    if codec != PCM:
        form += struct.pack("<H", 0)
        fact = b"fact" + struct.pack("<II", 4, frames)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + fact
    # RIFF counts the byte that pads an odd chunk, the chunk itself does not.
    riff = struct.pack("<I", len(body) + 8 + size + size % 2)
    return b"RIFF" + riff + body + b"data" + struct.pack("<I", size)


def payload_of(pcm: npt.NDArray[np.int16], codec: int) -> bytes:
    """Return samples of shape (frames, channels) as they lie in the file."""
    if codec == MU_LAW:
        return _mu_law_table()[pcm.view(np.uint16)].tobytes()
    return pcm.astype("<i2", copy=False).tobytes()


@lru_cache(maxsize=1)
def _mu_law_table() -> npt.NDArray[np.uint8]:
    """Return the code of every 16-bit sample, by its bit pattern.

    Source: ITU-T G.711.
    """
    samples = np.arange(-32_768, 32_768, dtype=np.int32)
    magnitude = np.minimum(np.abs(samples), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    codes = ~(((samples < 0) << 7) | (exponent << 4) | mantissa) & 0xFF
    table = np.empty(65_536, np.uint8)
    table[samples.astype(np.int16).view(np.uint16)] = codes
    return table
