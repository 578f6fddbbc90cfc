"""Renders any span of a plan: two channels, external left and internal right.

Sounds are whole numbers and their sums are exact in 32 bits. So a span is the same slice of the
whole byte for byte, whatever the order of clips and wherever rendering begins.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from recordings_pipeline.simulator.clip_index import ClipIndex, index_of
from recordings_pipeline.simulator.plan import EXTERNAL, INTERNAL, Clip
from recordings_pipeline.simulator.tones import loop_of, looped
from recordings_pipeline.simulator.voices import FULL_SCALE, RATE, Samples, samples_of

# The external leg hears the agent back after 45 ms, 42 dB fainter: 2 to the power of -7.
ECHO_SAMPLES = 45 * RATE // 1000
_ECHO_SHIFT = 7
# Two rows of 32 bits for this many samples, 131 kB, stay in a core's second-level cache.
_PIECE = 16_384

Pcm = npt.NDArray[np.int16]
_Mix = npt.NDArray[np.int32]


class Mixable(Protocol):
    """What rendering needs of a plan."""

    @property
    def clips(self) -> tuple[Clip, ...]:
        """What is heard, in any order; clips may overlap."""

    @property
    def length(self) -> int:
        """Length of the call in samples."""


def rendered(plan: Mixable, first: int = 0, last: int | None = None) -> Pcm:
    """Mix a span of a plan into 16-bit samples of shape (samples, 2).

    Args:
        plan: The whole call.
        first: First sample of the span.
        last: The sample after its last one; the end of the call by default.

    Raises:
        ValueError: The span is not within the call.
    """
    last = plan.length if last is None else last
    if not 0 <= first <= last <= plan.length:
        raise ValueError(f"samples {first} to {last} of a call of {plan.length}")
    index = index_of(plan.clips)
    pcm = np.empty((last - first, 2), np.int16)
    for start in range(first, last, _PIECE):
        end = min(start + _PIECE, last)
        _render(index, start, end, pcm[start - first : end - first])
    return pcm


def mono(pcm: Pcm) -> Pcm:
    """Put both sides into one channel of shape (samples, 1), as loud as they were."""
    both = np.add(pcm[:, 0], pcm[:, 1], dtype=np.int32)
    mixed: Pcm = np.clip(both, -FULL_SCALE, FULL_SCALE).astype(np.int16)[:, np.newaxis]
    return mixed


def _render(index: ClipIndex, first: int, last: int, out: Pcm) -> None:
    # The rows start early by the echo, which is heard in this piece and was spoken before it.
    origin = first - ECHO_SAMPLES
    mix = np.zeros((2, last - origin), np.int32)
    for clip in index.within(origin, last):
        _add(mix[clip.channel], clip, origin)
    mix[EXTERNAL, ECHO_SAMPLES:] += mix[INTERNAL, :-ECHO_SAMPLES] >> _ECHO_SHIFT
    noise = loop_of("noise")
    for channel in (EXTERNAL, INTERNAL):
        row = mix[channel, ECHO_SAMPLES:]
        # Half a loop apart: lines do not hiss alike.
        row += looped(noise, first + channel * len(noise) // 2, last - first)
        out[:, channel] = np.clip(row, -FULL_SCALE, FULL_SCALE, out=row)


def _add(row: _Mix, clip: Clip, origin: int) -> None:
    """Add what falls into a row whose sample 0 is the call's sample ``origin``."""
    start = max(clip.at, origin)
    end = min(clip.at + clip.length, origin + len(row))
    sound = _heard(clip, start - clip.at, end - start)
    row[start - origin : start - origin + len(sound)] += sound


def _heard(clip: Clip, first: int, count: int) -> Samples:
    if clip.speech is None:
        return looped(loop_of(clip.sound), first, count)
    return samples_of(clip.speech)[first : first + count]
