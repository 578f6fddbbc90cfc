"""What is heard and is no speech of that side: two rules, of which one takes a second channel."""

import numpy as np
import numpy.typing as npt

from recordings_pipeline.core.voice.features import CENTRE, FRAME_MS, Features, Floats
from recordings_pipeline.core.voice.runs import Mask, runs_of, without_short

# A line returns what the other side says 20 to 50 dB fainter and up to 100 ms later (ITU-T G.131).
ECHO_DB = 17.0
_ECHO_FRAMES = 10
# Shorter stretches are judged by the keypad alone: "mm hmm" is as steady as a tone.
_LEAST_TONAL = 1_000 // FRAME_MS
_STEADY, _KEY_SHARE = 0.7, 0.7
# A stretch begins and ends this much beside what was loud, and windows there are half empty.
_EDGE = 50 // FRAME_MS
# Within a stretch, music may begin or end: steadiness is averaged over 0.8 s around each hop.
_AVERAGED_HOPS, _LEAST_HOPS = 40, 10
# What is left of a stretch beside music, up to here, is the music's first or last moment.
_MOST_REST = 500 // FRAME_MS


def echoes(levels: Floats) -> npt.NDArray[np.bool_]:
    """Say which frames are a faint copy of what the other channel has just said.

    Args:
        levels: Of two channels; with any other number nothing is an echo.
    """
    if len(levels) != 2:  # noqa: PLR2004 (a second side)
        return np.zeros(levels.shape, bool)
    recent = levels[::-1].copy()
    for delay in range(1, _ECHO_FRAMES):
        recent[:, delay:] = np.maximum(recent[:, delay:], levels[::-1, :-delay])
    return recent - levels > ECHO_DB


def tonal(features: Features, channel: int, speech: Mask) -> Mask:
    """Say which frames of what passes for speech are music, ringing or a keypad.

    A tone sounds as it did a moment ago, and so does music; a voice glides on.
    """
    steadiness, is_key = features.steadiness[channel], features.is_key[channel]
    found = np.zeros(len(speech), bool)
    for start, end in runs_of(speech):
        if end - start < _LEAST_TONAL:
            keys = is_key[_hops(start + _EDGE, max(end - _EDGE, start + _EDGE + 1))]
            found[start:end] = keys.sum() >= max(_KEY_SHARE * len(keys), 1)
        else:
            found[start:end] = _steady_frames(steadiness[_hops(start, end)], end - start)
    return found


def _steady_frames(steadiness: Floats, frames: int) -> Mask:
    """Say which frames of a long stretch sound as they did a moment ago, for most of a second."""
    is_measured = steadiness >= 0
    window = np.ones(min(_AVERAGED_HOPS, len(steadiness)))
    total = np.convolve(np.where(is_measured, steadiness, 0), window, "same")
    count = np.convolve(is_measured, window, "same")
    is_steady = (count >= _LEAST_HOPS) & (total > _STEADY * count)
    found: Mask = np.repeat(is_steady, 2)[:frames]
    found = np.pad(found, (0, frames - len(found)), "edge")
    if found.any():
        found = ~without_short(~found, _MOST_REST)
    return found


def _hops(start: int, end: int) -> slice:
    """Return the hops whose centre lies in some frames."""
    return slice(max(-(-(start - CENTRE) // 2), 0), max(-(-(end - CENTRE) // 2), 1))
