"""Whether anything can be heard in a file; most files answer with their first words.

Samples are scanned as they lie: the first block of a call is loud, so only a silent one is read to
its end. Compressed sound is looked at before it is decoded: what a codec makes of speech does not
compress again, what it makes of digital silence is the same packet over and over. Only such
suspects go to libsndfile (of the package soundfile, already here for the simulator): 1.3 MB, and it
decodes Vorbis, Opus, MP3, GSM and ADPCM. It knows neither WebM nor AAC; PyAV does, but brings 104
MB and GPL code, so that a suspect of those two stays unknown.

Comfort noise inside a codec is not noticed: at -70 dBFS, Opus spends 3,092 bytes a second on it,
and 3,068 on speech.
"""

import io
import os
import zlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import soundfile

from recordings_pipeline.core.probes.sound import Sound

# -40 dBFS of 16 bits. Speech is sent at -26 dBov (ITU-T P.56, G.100.1); who speaks 20 dB below that
# still peaks at -31. Comfort noise (RFC 3389) of -55 dBov peaks at -41: measured, 30 s of it.
SILENT_PEAK = 328
# 10 ms at 8 kHz: a switch that clicks is no voice.
LOUD_SAMPLES = 80
# The first block is a second of a call, and mostly enough. Sizes are whole samples of any width.
_FIRST_BYTES, _BLOCK_BYTES = 24 * 682, 24 * 10_922
# Compressed samples: speech coded by anything shrinks by less than a tenth, silence to a tenth.
_SAMPLE_BYTES = 2_048
_SUSPICIOUS = _SAMPLE_BYTES // 2
# Opus codes speech from 6 kbit/s on (RFC 6716, 2.1.1), that is 750 bytes, silence with 256.
_LEAST_BYTES_PER_S = 500
_PLACES = (0.5, 0.25, 0.75)
# An hour of silent Opus would take 20 s to decode; two minutes out of it take 0.6 s.
_STRETCHES = 120
_DECODED = frozenset({"opus", "vorbis", "mp3", "gsm", "adpcm_ms", "adpcm_ima"})

Samples = npt.NDArray[np.int16]


def is_silent(descriptor: int, sound: Sound) -> bool | None:
    """Listen to an open file; None when nobody here can, or when it is not sound at all."""
    if sound.problem is not None or sound.codec is None:
        return None
    if sound.container == "wav" and sound.codec in ("pcm", "float", "ulaw", "alaw"):
        return _is_silent_wav(descriptor, sound)
    if sound.is_video or not _is_suspicious(descriptor, sound):
        return None if sound.is_video else False
    if sound.codec in _DECODED and sound.container in ("wav", "ogg", "mp3"):
        return _is_silent_decoded(descriptor)
    return None


def _is_silent_wav(descriptor: int, sound: Sound) -> bool:
    """Count loud samples of all channels until there are enough."""
    width = (sound.bits or 8) // 8
    loud, at = 0, sound.payload_offset
    end = at + sound.payload_bytes
    step = _FIRST_BYTES
    while at < end:
        block = os.pread(descriptor, min(step, end - at), at)
        if not block:
            break
        loud += _loud(block[: len(block) // width * width], sound.codec or "", width)
        if loud >= LOUD_SAMPLES:
            return False
        at += len(block)
        step = _BLOCK_BYTES
    return True


def _loud(block: bytes, codec: str, width: int) -> int:
    """Return how many samples are loud."""
    if codec in ("ulaw", "alaw"):
        return len(block.translate(None, _quiet_codes(codec)))
    if codec == "float":
        floats = np.frombuffer(block, f"<f{width}")
        return int(np.count_nonzero(np.abs(floats) * 32_768 >= SILENT_PEAK))
    if width == 1:
        samples = (np.frombuffer(block, np.uint8).astype(np.int16) - 128) * 256
    else:
        # The upper two bytes of each sample.
        parts = np.frombuffer(block, np.uint8).reshape(-1, width)
        samples = np.ascontiguousarray(parts[:, width - 2 :]).view("<i2")
    return int(np.count_nonzero((samples >= SILENT_PEAK) | (samples <= -SILENT_PEAK)))


@lru_cache(maxsize=2)
def _quiet_codes(codec: str) -> bytes:
    """Return the codes of G.711 that decode to a quiet sample.

    Source: ITU-T G.711, tables 1 and 2, with 16 bits for full scale.
    """
    decoded = _ulaw if codec == "ulaw" else _alaw
    return bytes(code for code in range(256) if abs(decoded(code)) < SILENT_PEAK)


def _ulaw(code: int) -> int:
    inverted = ~code & 0xFF
    magnitude = ((inverted & 0x0F) << 3) + 0x84 << (inverted >> 4 & 7)
    return 0x84 - magnitude if inverted & 0x80 else magnitude - 0x84


def _alaw(code: int) -> int:
    toggled = code ^ 0x55
    exponent = toggled >> 4 & 7
    magnitude = (toggled & 0x0F) << 4 | 8
    if exponent:
        magnitude = magnitude + 0x100 << exponent - 1
    return magnitude if toggled & 0x80 else -magnitude


def _is_suspicious(descriptor: int, sound: Sound) -> bool:
    """Look at three places; the first that is full of sound settles it.

    In a file of few bytes they may lie in the headers.
    """
    if sound.duration_s is not None and sound.payload_bytes < sound.duration_s * _LEAST_BYTES_PER_S:
        return True
    room = max(sound.payload_bytes - _SAMPLE_BYTES, 0)
    for place in _PLACES:
        offset = sound.payload_offset + int(room * place)
        data = os.pread(descriptor, _SAMPLE_BYTES, offset)
        if len(zlib.compress(data, 1)) * _SAMPLE_BYTES > _SUSPICIOUS * len(data):
            return False
    return True


def _is_silent_decoded(descriptor: int) -> bool | None:
    """Decode a second here and there, the whole of a file of up to two minutes."""
    loud = 0
    try:
        with soundfile.SoundFile(_Window(descriptor)) as file:
            step = max(file.samplerate, file.frames // _STRETCHES)
            for start in range(0, file.frames, step):
                if file.tell() != start:
                    file.seek(start)
                samples: Samples = file.read(file.samplerate, dtype="int16")
                over = (samples >= SILENT_PEAK) | (samples <= -SILENT_PEAK)
                loud += int(np.count_nonzero(over))
                if loud >= LOUD_SAMPLES:
                    return False
    except soundfile.LibsndfileError:
        return None
    return True


class _Window(io.RawIOBase):
    """An open file with a position of its own: the descriptor's stays where it is."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = os.pread(self._descriptor, len(buffer), self._at)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, origin + offset)
        return self._at

    def tell(self) -> int:
        return self._at
