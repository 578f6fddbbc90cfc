"""An audio file as samples at 8,000 a second, in blocks: memory does not grow with the call.

What is in the file was written by somebody else. So it may be long, loud without bounds, no number
at all, or no sound: it ends with a reason, not with an exception nobody expects.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from recordings_pipeline.core.probes.sound import Sound
from recordings_pipeline.core.voice.features import RATE, Samples
from recordings_pipeline.core.voice.resampling import Resampler
from recordings_pipeline.storage.sound_decoders import Block, CannotListen, Decoded, decoded
from recordings_pipeline.storage.sound_file import probed

# The longest call seen has five hours. Ten bytes of Opus can be an hour of nothing.
MOST_HOURS = 12
_RATES = range(4_000, 192_001)
_MOST_CHANNELS = 2


def telephone_blocks(path: Path, *, most_s: int = MOST_HOURS * 3_600) -> Iterator[Samples]:
    """Yield a file's sound, of shape (channels, samples), full scale at 1.

    Args:
        path: The file.
        most_s: A longer sound is given up.

    Raises:
        CannotListen: It is no sound, nobody here can decode it, or it is out of bounds.
    """
    sound = decoded(path, _probed(path))
    if sound.channels not in range(1, _MOST_CHANNELS + 1):
        raise CannotListen(f"has {sound.channels} channels: one or two are listened to")
    if sound.rate not in _RATES:
        raise CannotListen(f"has {sound.rate} samples a second")
    resampler = Resampler(sound.rate, sound.channels)
    given = 0
    for block in _on_time(sound):
        samples = resampler.add(_sane(block))
        given += samples.shape[1]
        if given > most_s * RATE:
            raise CannotListen(f"is longer than {most_s // 3_600} hours")
        yield samples
    yield resampler.rest()


def _probed(path: Path) -> Sound:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        sound = probed(descriptor, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)
    if sound.problem is not None:
        raise CannotListen(sound.problem)
    return sound


def _on_time(sound: Decoded) -> Iterator[Block]:
    """Leave out what encoder and decoder put before the first sample."""
    late = sound.late
    for block in sound.blocks:
        if late < len(block):
            yield block[late:]
        late = max(late - len(block), 0)


def _sane(block: Block) -> Samples:
    """Bound what floating-point files may hold; one row a channel."""
    bounded = np.nan_to_num(block.T, nan=0.0, posinf=1.0, neginf=-1.0)
    return np.clip(bounded, -1.0, 1.0)
