"""AAC, decoded by FFmpeg through PyAV: 104 MB with GPL code, so that only the extra brings it."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from recordings_pipeline.core.probes.sound import Sound

_DEMUXERS = {"aac": "aac", "m4a": "mp4", "mp4": "mp4"}


def opened_by_ffmpeg(
    path: Path, sound: Sound
) -> tuple[int, int, Iterator[npt.NDArray[np.float32]]]:
    """Return rate, channels, and blocks of shape (samples, channels).

    The demuxer is chosen here: FFmpeg has a hundred more that nobody needs to meet a hostile file.
    """
    kind = _DEMUXERS[sound.container or ""]
    with av.open(str(path), "r", format=kind) as container:
        context = container.streams.audio[0].codec_context
        rate, channels = context.sample_rate, context.channels
    return rate, channels, _blocks(path, kind, rate, channels)


def _blocks(path: Path, kind: str, rate: int, channels: int) -> Iterator[npt.NDArray[np.float32]]:
    layout = "mono" if channels == 1 else "stereo"
    resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate)
    with av.open(str(path), "r", format=kind) as container:
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                yield part.to_ndarray().T.astype(np.float32)
        for part in resampler.resample(None):
            yield part.to_ndarray().T.astype(np.float32)
