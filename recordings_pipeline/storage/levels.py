"""How loud an audio file is over time, read block by block: a day of sound takes no more memory.

libsndfile decodes WAV, Ogg and MP3, and neither WebM nor AAC; those have no levels.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

# Peaks alone look spiky, the root of the mean square alone looks flat.
_PEAK, _ROOT = 0.45, 1.1
_MOST_CHANNELS = 2

Samples = npt.NDArray[np.float32]


def levels_of(path: Path, columns: int) -> list[list[float]]:
    """Return how loud each channel is in equal parts of a file; nothing if nobody decodes it here.

    Args:
        path: The audio file.
        columns: How many parts.
    """
    try:
        with soundfile.SoundFile(path) as file:
            return _levels(file, max(columns, 1))
    except (soundfile.LibsndfileError, OSError):
        return []


def _levels(file: soundfile.SoundFile, columns: int) -> list[list[float]]:
    channels = min(file.channels, _MOST_CHANNELS)
    found: list[list[float]] = [[] for _ in range(channels)]
    for column in range(columns):
        count = file.frames * (column + 1) // columns - file.frames * column // columns
        samples: Samples = file.read(count, dtype="float32", always_2d=True)
        for channel in range(channels):
            found[channel].append(_level(samples[:, channel]))
    return found


def _level(samples: Samples) -> float:
    if not len(samples):
        return 0.0
    peak = float(np.abs(samples).max())
    root = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    level = _PEAK * peak + _ROOT * root
    return level if np.isfinite(level) else 0.0
