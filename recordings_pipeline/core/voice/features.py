"""What is measured in the sound: a level every 10 ms, and every 20 ms what is loudest in it.

A call of five hours leaves 25 MB of numbers; its samples come in blocks and are forgotten.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE = 8_000
FRAME = RATE // 100
FRAME_MS = 10
HOP = 2 * FRAME
WINDOW = 512
# A window is about the frame in its middle.
CENTRE = WINDOW // 2 // FRAME
# Nobody speaks below it, so that nothing is measured there: full scale is 0 dB.
FLOOR_DBFS = -58.0
_SILENT_DBFS = -100.0
# Bins of 15.6 Hz: from 62 to 3,437 Hz, what a telephone carries.
_LOWEST, _HIGHEST = 4, 220
_KEYPAD_HZ = ((697, 770, 852, 941), (1_209, 1_336, 1_477, 1_633))
# Each key is a tone of a row and one of a column; together they have most of the energy.
_KEYPAD_SHARE, _KEYPAD_LEAST = 0.7, 0.12
# A sound is compared with itself 0.12 s before. Over a second, speech is 0.4 alike and 0.65 at
# most, a chord or ringing 0.9, a pop song with drums and a singer 0.8.
_DELAY = 6
_TAPER = np.hanning(WINDOW).astype(np.float32)

Samples = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Features:
    """What was measured in a sound; arrays of (channels, …).

    Attributes:
        sample_count: Samples of each channel, at `RATE`.
        levels: Decibels below full scale, a frame each.
        steadiness: How alike each hop is to what was heard 0.12 s before, 0 to 1; negative where
            either is too quiet to tell.
        is_key: Whether nearly all of it is a key of a telephone, by hop.
        likeness: How alike the first two channels are: their correlation, -1 to 1.
    """

    sample_count: int
    levels: Floats
    steadiness: Floats
    is_key: Bools
    likeness: float

    @property
    def duration_ms(self) -> int:
        return self.sample_count * 1_000 // RATE


class Meter:
    """Measures a sound that comes in blocks of any length."""

    def __init__(self, channels: int) -> None:
        self._pending = np.empty((channels, 0), np.float32)
        self._recent = np.zeros((channels, _DELAY, _HIGHEST - _LOWEST), np.float32)
        self._count = 0
        self._products = np.zeros(5)
        self._levels: list[Floats] = []
        self._steadiness: list[Floats] = []
        self._is_key: list[Bools] = []

    def add(self, block: Samples) -> None:
        """Take the next samples, of shape (channels, samples), full scale at 1."""
        self._count += block.shape[1]
        if len(block) > 1:
            self._products += _products(block[0], block[1])
        self._pending = np.concatenate([self._pending, block], axis=1)
        self._measure(max(0, (self._pending.shape[1] - WINDOW) // HOP + 1))

    def features(self) -> Features:
        """Return what was measured; the sound is over."""
        hops = -(-self._pending.shape[1] // HOP)
        padding = np.zeros((len(self._pending), WINDOW), np.float32)
        self._pending = np.concatenate([self._pending, padding], axis=1)
        self._measure(hops)
        frames = -(-self._count // FRAME)
        return Features(
            sample_count=self._count,
            levels=np.concatenate(self._levels, axis=1)[:, :frames],
            steadiness=np.concatenate(self._steadiness, axis=1),
            is_key=np.concatenate(self._is_key, axis=1),
            likeness=_correlation(self._products, self._count),
        )

    def _measure(self, hops: int) -> None:
        levels = levels_of(self._pending[:, : hops * HOP])
        is_loud: Bools = np.any((levels > FLOOR_DBFS).reshape(len(levels), hops, 2), axis=2)
        is_key = np.zeros(is_loud.shape, bool)
        spectra = np.zeros((*is_loud.shape, _HIGHEST - _LOWEST), np.float32)
        for channel, hops_heard in enumerate(is_loud):
            chosen = np.flatnonzero(hops_heard)
            if len(chosen):
                power = _powers(self._pending[channel], chosen)
                is_key[channel, chosen] = _are_keys(power)
                spectra[channel, chosen] = _normalized(power[:, _LOWEST:_HIGHEST])
        spectra = np.concatenate([self._recent, spectra], axis=1)
        now, before = spectra[:, _DELAY:], spectra[:, :-_DELAY]
        alike = np.einsum("chb,chb->ch", now, before)
        is_measured = is_loud & before.any(axis=2)
        self._levels.append(levels)
        self._steadiness.append(np.where(is_measured, alike, np.float32(-1)))
        self._is_key.append(is_key)
        self._recent = spectra[:, -_DELAY:].copy()
        self._pending = self._pending[:, hops * HOP :].copy()


def levels_of(samples: Samples) -> Floats:
    """Return the level of each whole frame, in decibels below full scale."""
    frames = samples.reshape(len(samples), -1, FRAME)
    means = frames.mean(axis=2)
    powers = np.einsum("cfs,cfs->cf", frames, frames) / FRAME - means * means
    decibels: Floats = 10 * np.log10(np.maximum(powers, 10 ** (_SILENT_DBFS / 10)))
    return decibels.astype(np.float32)


def _powers(samples: Samples, hops: npt.NDArray[np.intp]) -> Floats:
    """Return the power spectrum of the windows at some hops."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    spectrum = np.fft.rfft(windows[hops] * _TAPER, axis=1)
    power: Floats = np.square(spectrum.real) + np.square(spectrum.imag)
    return power


def _normalized(power: Floats) -> Floats:
    lengths = np.sqrt(np.einsum("hb,hb->h", power, power))
    scaled: Floats = power / np.maximum(lengths, np.float32(1e-20))[:, np.newaxis]
    return scaled


def _are_keys(power: Floats) -> Bools:
    total = power[:, _LOWEST:_HIGHEST].sum(axis=1) + np.float32(1e-20)
    row, column = (
        np.max([power[:, _near(hz)].sum(axis=1) for hz in tones], axis=0) / total
        for tones in _KEYPAD_HZ
    )
    found: Bools = (row + column > _KEYPAD_SHARE) & (np.minimum(row, column) > _KEYPAD_LEAST)
    return found


def _near(hz: int) -> slice:
    """Return the bins a tone spreads over."""
    centre = round(hz * WINDOW / RATE)
    return slice(centre - 2, centre + 3)


def _products(left: Samples, right: Samples) -> npt.NDArray[np.float64]:
    return np.array(
        [left.sum(), right.sum(), left @ left, right @ right, left @ right], dtype=np.float64
    )


def _correlation(products: npt.NDArray[np.float64], count: int) -> float:
    left, right, squares_left, squares_right, both = (products / max(count, 1)).tolist()
    spread = (squares_left - left * left) * (squares_right - right * right)
    return float((both - left * right) / np.sqrt(spread)) if spread > 0 else 0.0
