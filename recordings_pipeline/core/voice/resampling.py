"""Any rate becomes 8,000 samples a second: a windowed sinc, evaluated where a sample is wanted."""

import math

import numpy as np
import numpy.typing as npt

from recordings_pipeline.core.voice.features import RATE, Samples

# Of each side of the filter; what folds back lies 50 dB below, and no detector hears it.
_ZERO_CROSSINGS = 8
_PASSED = 0.92


class Resampler:
    """Takes a sound block by block and returns it at `RATE`."""

    def __init__(self, rate: int, channels: int) -> None:
        divisor = math.gcd(rate, RATE)
        self._up, self._down = RATE // divisor, rate // divisor
        cutoff = 0.5 * min(1.0, RATE / rate) * _PASSED
        self._half = math.ceil(_ZERO_CROSSINGS / (2 * cutoff))
        self._filters = _filters(self._up, self._half, cutoff)
        # Silence before the first sample, so that it is in the middle of a window.
        self._waiting = np.zeros((channels, self._half - 1), np.float32)
        self._first = 1 - self._half
        self._taken = self._given = 0

    @property
    def is_needless(self) -> bool:
        """Whether the sound is at `RATE` already."""
        return self._up == self._down

    def add(self, block: Samples) -> Samples:
        """Return the samples that are complete with this block, of shape (channels, samples)."""
        if self.is_needless:
            return block
        self._taken += block.shape[1]
        self._waiting = np.concatenate([self._waiting, block], axis=1)
        return self._samples(self._taken - self._half)

    def rest(self) -> Samples:
        """Return the last samples; the sound is over."""
        if self.is_needless:
            return np.empty((len(self._waiting), 0), np.float32)
        silence = np.zeros((len(self._waiting), self._half), np.float32)
        self._waiting = np.concatenate([self._waiting, silence], axis=1)
        return self._samples(self._taken)

    def _samples(self, end: int) -> Samples:
        """Return the samples that lie before the input's sample ``end``."""
        wanted = np.arange(self._given, max(-(-end * self._up // self._down), self._given))
        if not len(wanted):
            return np.empty((len(self._waiting), 0), np.float32)
        places, phases = np.divmod(wanted * self._down, self._up)
        starts = places - self._half + 1 - self._first
        windows = np.lib.stride_tricks.sliding_window_view(self._waiting, 2 * self._half, axis=1)
        chosen = windows[:, starts]
        if self._up == 1:
            made: Samples = chosen @ self._filters[0]
        else:
            made = np.einsum("cnt,nt->cn", chosen, self._filters[phases])
        self._given += len(wanted)
        self._drop(int(self._given * self._down // self._up) - self._half + 1 - self._first)
        return made

    def _drop(self, count: int) -> None:
        """Forget the samples that no window will see again."""
        count = min(count, self._waiting.shape[1])
        self._waiting, self._first = self._waiting[:, count:].copy(), self._first + count


def _filters(phases: int, half: int, cutoff: float) -> npt.NDArray[np.float32]:
    """Return a filter for each place a sample can have between two of the input."""
    offsets = np.arange(1 - half, half + 1) - np.arange(phases)[:, np.newaxis] / phases
    window = np.cos(np.clip(offsets / half, -1, 1) * np.pi / 2) ** 2
    filters = 2 * cutoff * np.sinc(2 * cutoff * offsets) * window
    scaled: npt.NDArray[np.float32] = (filters / filters.sum(axis=1, keepdims=True)).astype("f4")
    return scaled
