"""A detector of speech that knows levels only: what rises over the background of its channel.

The background of a quiet line is a hiss that hardly changes; that of a call centre is a murmur of
voices that rises and falls. So the threshold lies over it by a multiple of how much it changes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recordings_pipeline.core.voice.features import FLOOR_DBFS, Floats
from recordings_pipeline.core.voice.runs import Mask, joined, runs_of, without_short

# Levels are averaged over so many frames: a hiss then changes by 0.4 dB, and 2.5 are no chance.
_AVERAGED = 3
RISE_DB = 2.5
# How far over the median of the background, in units of how far its quietest tenth lies below.
SPREAD = 1.0
# Somewhere, speech reaches the middle between background and loud speech; a murmur does not.
SPAN = 0.4
_REACHED_FRAMES = 3
# A line on which nothing rises by this has nobody on it.
LEAST_CONTRAST_DB = 8.0
# What is so much fainter than somebody's loud speech is somebody else.
_BELOW_PEAK_DB = 38.0
_QUIETEST_DBFS = -75.0
_CLICK_FRAMES = 2
_CLOSURE_FRAMES = 3
_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Threshold:
    """What is speech on a channel; decibels below full scale.

    Attributes:
        over: Each frame of speech is louder.
        reached: Some frames of each stretch are louder than this, too.
    """

    over: float
    reached: float


def energy_speech(levels: Floats, echo: npt.NDArray[np.bool_]) -> Mask:
    """Say in which frames of a channel somebody speaks, before any smoothing.

    Args:
        levels: Of one channel, over the whole call.
        echo: Frames in which it repeats what the other channel has just said.
    """
    smooth = _averaged(levels)
    threshold = threshold_of(smooth)
    if threshold is None:
        return np.zeros(len(levels), bool)
    is_loud = without_short((smooth > threshold.over) & ~echo, _CLICK_FRAMES)
    found = joined(is_loud, _CLOSURE_FRAMES)
    for start, end in runs_of(found):
        reached = np.count_nonzero(smooth[start:end] > threshold.reached)
        found[start:end] = reached >= _REACHED_FRAMES
    return found


def threshold_of(levels: Floats) -> Threshold | None:
    """Return where speech begins; None for a line with nobody on it."""
    heard = np.maximum(levels, _QUIETEST_DBFS)
    if not len(heard):
        return None
    split = _split(heard)
    quiet, loud = heard[heard <= split], heard[heard > split]
    if not len(loud):
        return None
    lowest, middle = np.percentile(quiet, [10, 50]).tolist()
    peak = float(np.percentile(loud, 90))
    if peak - middle < LEAST_CONTRAST_DB:
        return None
    rise = max(RISE_DB, SPREAD * (middle - lowest))
    over = max(middle + rise, peak - _BELOW_PEAK_DB, FLOOR_DBFS)
    return Threshold(over, max(over, middle + SPAN * (peak - middle)))


def _split(levels: Floats) -> float:
    """Part quiet frames from loud ones: halfway between what both are on average."""
    split = float(np.percentile(levels, [8, 99.9]).mean())
    for _ in range(_ROUNDS):
        quiet, loud = levels[levels <= split], levels[levels > split]
        if not len(quiet) or not len(loud):
            break
        before, split = split, float(quiet.mean() + loud.mean()) / 2
        if abs(split - before) < 0.05:  # noqa: PLR2004 (decibels)
            break
    return split


def _averaged(levels: Floats) -> Floats:
    powers = np.power(10, levels / 10)
    mean = np.convolve(powers, np.full(_AVERAGED, 1 / _AVERAGED), "same")[: len(levels)]
    decibels: Floats = (10 * np.log10(np.maximum(mean, 1e-10))).astype(np.float32)
    return decibels
