"""What tests probe: whole files of every format, and a driver that counts what is read."""

import io
from functools import lru_cache
from importlib import resources

import av
import numpy as np

from recordings_pipeline.core.probes.probe import probe
from recordings_pipeline.core.probes.sound import MOST_BYTES, MOST_READS, Sound
from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.sounds import sound_of
from tests.listening import conversation

SECONDS = 14
CALL = conversation(3, SECONDS)
# By FFmpeg: container, codec, sample rate, options of the muxer.
_BY_FFMPEG: dict[str, tuple[str, str, int, dict[str, str]]] = {
    "alaw": ("wav", "pcm_alaw", 8_000, {}),
    "pcm24": ("wav", "pcm_s24le", 8_000, {}),
    "float": ("wav", "pcm_f32le", 8_000, {}),
    "rf64": ("wav", "pcm_s16le", 8_000, {"rf64": "always"}),
    "adpcm": ("wav", "adpcm_ms", 8_000, {}),
    "mp3 without tag": ("mp3", "mp3", 16_000, {"write_xing": "0"}),
    "adts": ("adts", "aac", 16_000, {}),
    "m4a": ("mp4", "aac", 16_000, {}),
    "m4a live": ("mp4", "aac", 16_000, {"movflags": "frag_keyframe+empty_moov"}),
    "webm live": ("webm", "libopus", 48_000, {"live": "1"}),
    "mkv": ("matroska", "libopus", 48_000, {}),
}
SIMULATED = [kind.name for kind in Format]
WHOLE = [*SIMULATED, *_BY_FFMPEG, "screen"]


def probed(content: bytes, size: int | None = None) -> Sound:
    """Drive a probe over bytes, and prove that it keeps its bounds."""
    size = len(content) if size is None else size
    steps = probe(size)
    reads = total = 0
    try:
        need = next(steps)
        while True:
            reads, total = reads + 1, total + need.length
            assert reads <= MOST_READS
            assert total <= MOST_BYTES
            assert need.length > 0
            assert 0 <= need.offset <= need.offset + need.length <= size
            need = steps.send(content[need.offset : need.offset + need.length])
    except StopIteration as end:
        sound: Sound = end.value
        return sound


@lru_cache(maxsize=64)
def whole(name: str, channels: int = 2) -> bytes:
    """Return an undamaged file by its name in `WHOLE`."""
    if name in SIMULATED:
        return bytes(sound_of(CALL, Format[name], channels=channels).read())
    if name == "screen":
        folder = resources.files("recordings_pipeline.simulator") / "bank"
        return (folder / "screen.webm").read_bytes()
    return _by_ffmpeg(*_BY_FFMPEG[name])


def _by_ffmpeg(container: str, codec: str, rate: int, options: dict[str, str]) -> bytes:
    file = io.BytesIO()
    rng = np.random.default_rng(7)
    samples = rng.normal(0, 3_000, (rate * SECONDS, 2)).astype(np.int16)
    with av.open(file, "w", format=container, options=options) as muxer:
        stream = muxer.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "stereo"
        stream.bit_rate = 48_000
        for start in range(0, len(samples), 960):
            piece = samples[start : start + 960].reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="stereo")
            frame.sample_rate = rate
            muxer.mux(stream.encode(frame))
        muxer.mux(stream.encode(None))
    return file.getvalue()
