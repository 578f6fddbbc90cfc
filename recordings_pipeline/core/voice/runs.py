"""Stretches of frames in which something is so."""

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


def runs_of(mask: Mask) -> list[tuple[int, int]]:
    """Return the stretches in which a mask is true, as (first, one after the last)."""
    edges = np.flatnonzero(np.diff(np.pad(mask, 1).astype(np.int8)))
    return [(start, end) for start, end in edges.reshape(-1, 2).tolist()]


def joined(mask: Mask, max_gap: int) -> Mask:
    """Fill the gaps between two stretches that are at most so many frames long."""
    found = mask.copy()
    for start, end in runs_of(~mask):
        if start > 0 and end < len(mask) and end - start <= max_gap:
            found[start:end] = True
    return found


def without_short(mask: Mask, least: int) -> Mask:
    """Drop the stretches of fewer frames than ``least``."""
    found = mask.copy()
    for start, end in runs_of(mask):
        if end - start < least:
            found[start:end] = False
    return found


def widened(mask: Mask, frames: int) -> Mask:
    """Let every stretch begin earlier and end later by so many frames."""
    found = mask.copy()
    for start, end in runs_of(mask):
        found[max(start - frames, 0) : end + frames] = True
    return found
