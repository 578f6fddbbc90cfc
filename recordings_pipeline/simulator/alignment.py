"""Where the words of a fragment are heard, told from its audio.

The model that spoke the bank plans the length of every sound, then smooths: voices start 20 to
110 ms before the planned word and end 40 to 280 ms before its planned end. A transcript promises
20 ms, so `bank.json` carries, beside the plan (``w``), what this module made of it (``heard``).
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from recordings_pipeline.simulator.voices import FULL_SCALE, RATE, loudness

# -44 dBFS: from -52 to -37, any threshold finds the same edges to 10 ms.
AUDIBLE = 0.006
# Shorter gaps are the closures before "p", "t" and "k"; no closure in the bank reaches 130 ms.
PAUSE_MS = 130
# A voice is heard this long before the plan has it; the median over 557 fragments.
_EARLY_MS = 60
_LEAST_WORD_MS = 20
# Between words without a pause; plans have up to 170 ms after a comma that nobody hears.
_MOST_GAP_MS = 60

Word = tuple[str, int, int]


def audible_words(samples: npt.NDArray[np.int16], words: Sequence[Word]) -> list[Word]:
    """Move words to where they are heard.

    Words beside a pause, and the first and the last, start and end where the voice does; the
    others keep their planned place relative to the first word after the last pause.

    Args:
        samples: The fragment, mono, at `RATE`.
        words: (text, start, end) in milliseconds from the fragment's start, as planned.
    """
    runs = voiced_runs(samples)
    firsts = [0, *(_word_after(run[0], words) for run in runs[1:])]
    lasts = [*firsts[1:], len(words)]
    heard: list[Word] = []
    for run, first, last in zip(runs, firsts, lasts, strict=True):
        if first >= last:
            raise ValueError(f"no word is planned for the voice at {run} ms")
        heard += _laid(words[first:last], run)
    return heard


def voiced_runs(samples: npt.NDArray[np.int16]) -> list[list[int]]:
    """Return [start, end] in milliseconds of each stretch of voice without a pause."""
    is_heard = loudness(samples / FULL_SCALE)[:: RATE // 1000] > AUDIBLE
    edges = np.flatnonzero(np.diff(np.pad(is_heard, 1).astype(np.int8)))
    runs: list[list[int]] = []
    for start, end in edges.reshape(-1, 2).tolist():
        if runs and start - runs[-1][1] < PAUSE_MS:
            runs[-1][1] = end
        else:
            runs.append([start, end])
    return runs


def _word_after(start_ms: int, words: Sequence[Word]) -> int:
    """Return which word a voice that sets in after a pause begins with."""
    return min(range(1, len(words)), key=lambda i: abs(words[i][1] - _EARLY_MS - start_ms))


def _laid(words: Sequence[Word], run: Sequence[int]) -> list[Word]:
    """Lay words into a stretch of voice, from its start to its end."""
    shift = run[0] - words[0][1]
    starts = [run[0]]
    for index, (_, start, _) in enumerate(words[1:], 1):
        latest = run[1] - (len(words) - index) * _LEAST_WORD_MS
        earliest = starts[-1] + _LEAST_WORD_MS
        starts.append(max(min(start + shift, latest), earliest))
    ends = [
        max(start + _LEAST_WORD_MS, following - _MOST_GAP_MS, min(end + shift, following))
        for (_, _, end), (start, following) in zip(words, pairwise(starts), strict=False)
    ]
    texts = (word[0] for word in words)
    return list(zip(texts, starts, [*ends, run[1]], strict=True))
