"""What is heard on a line besides speech: ringing, music while waiting, and the line itself."""

from functools import lru_cache

import numpy as np

from recordings_pipeline.simulator.voices import FULL_SCALE, RATE, Samples

# 62 dB under full scale: heard in headphones, and 10 dB under what the bank keeps of a voice.
NOISE_LEVEL = 0.0008
_TONE_LEVEL = 0.04
_RING_HZ, _CHORD_HZ = (440, 480), (262, 330, 392)


@lru_cache(maxsize=8)
def loop_of(sound: str) -> Samples:
    """Return one period of ``ring``, ``music`` or ``noise``.

    Loops, so that a sound starts alike wherever rendering begins: vectorised sine functions
    may differ in the last bit between the middle and the end of an array.

    Raises:
        ValueError: There is no such sound.
    """
    match sound:
        case "ring":
            # North American ringback: two seconds on, four seconds off.
            return _frozen(np.concatenate([_chord(_RING_HZ, 2), np.zeros(4 * RATE)]))
        case "music":
            return _frozen(_chord(_CHORD_HZ, 1))
        case "noise":
            return _frozen(NOISE_LEVEL * np.random.default_rng(4).standard_normal(10 * RATE))
    raise ValueError(f"there is no sound called {sound!r}")


def looped(loop: Samples, first: int, count: int) -> Samples:
    """Return ``count`` samples of an endless repetition, from its sample ``first`` on."""
    start = first % len(loop)
    if start + count > len(loop):
        loop = np.tile(loop, -(-(start + count) // len(loop)))
    return loop[start : start + count]


def _chord(tones_hz: tuple[int, ...], seconds: int) -> np.typing.NDArray[np.float64]:
    """Sound whole hertz for whole seconds, so that the end meets the start."""
    clock = np.arange(seconds * RATE) / RATE
    waves = np.sin(2 * np.pi * np.outer(tones_hz, clock)).sum(axis=0)
    return np.asarray(_TONE_LEVEL * waves)


def _frozen(wave: np.typing.NDArray[np.float64]) -> Samples:
    samples = np.rint(wave * FULL_SCALE).astype(np.int16)
    samples.flags.writeable = False
    return samples
