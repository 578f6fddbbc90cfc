"""Who spoke when by the simulator's truth, and how far what was heard is from it."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from recordings_pipeline.core.voice.features import RATE, Features, Meter, Samples
from recordings_pipeline.simulator.plan import PhraseTruth
from recordings_pipeline.simulator.voices import (
    FULL_SCALE,
    fragments_of,
    samples_of,
    spoken,
    voices_of,
)

SIDES = ("external", "internal")
# NIST's Rich Transcription evaluations: shorter pauses do not part speech, and 0.25 s around every
# boundary of the truth is not judged.
PAUSE_MS, COLLAR_MS = 300, 250
FRAME_MS = 10

Span = tuple[int, int]
Masks = npt.NDArray[np.bool_]


def truth_of(phrases: Iterable[PhraseTruth]) -> tuple[list[Span], ...]:
    """Return when each side speaks, by channel: words, joined over short pauses."""
    words: dict[str, list[Span]] = {side: [] for side in SIDES}
    for phrase in phrases:
        words[phrase.side] += [(word.start_ms, word.end_ms) for word in phrase.words]
    return tuple(joined(words[side]) for side in SIDES)


def joined(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start - found[-1][1] < PAUSE_MS:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def diarization_error(truth: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]]) -> float:
    """Return the share of speech that was missed, made up, or given to the other side.

    Speech of both sides at once counts for each; 0.25 s around each boundary of the truth do not.
    """
    last = max((end for spans in (*truth, *found) for _, end in spans), default=0)
    frames = last // FRAME_MS + 1
    expected, heard = _masks(truth, frames), _masks(found, frames)
    is_judged = np.ones(frames, bool)
    collar = COLLAR_MS // FRAME_MS
    for edge in {edge for spans in truth for span in spans for edge in span}:
        at = round(edge / FRAME_MS)
        is_judged[max(at - collar, 0) : at + collar] = False
    expected, heard = expected[:, is_judged], heard[:, is_judged]
    missed = (expected & ~heard).sum(axis=0)
    made_up = (heard & ~expected).sum(axis=0)
    return float(np.maximum(missed, made_up).sum() / max(expected.sum(), 1))


def _masks(sides: Sequence[Sequence[Span]], frames: int) -> Masks:
    masks = np.zeros((len(sides), frames), bool)
    for mask, spans in zip(masks, sides, strict=True):
        for start, end in spans:
            mask[round(start / FRAME_MS) : round(end / FRAME_MS)] = True
    return masks


def features_of(samples: Samples, block: int = 65_536) -> Features:
    """Measure a sound of shape (channels, samples)."""
    meter = Meter(len(samples))
    for start in range(0, samples.shape[1], block):
        meter.add(samples[:, start : start + block])
    return meter.features()


def talk(
    seconds: float, pauses_s: tuple[float, float], *, role: str = "C", seed: int = 0
) -> tuple[npt.NDArray[np.float64], list[Span]]:
    """Return somebody talking, and when; pauses between fragments are drawn from a range."""
    rng = np.random.default_rng(seed)
    voice = voices_of(role)[0]
    wave, words, at = np.zeros(int(seconds * RATE)), list[Span](), RATE // 2
    while True:
        fragment = spoken(voice, str(rng.choice(fragments_of(voice))))
        if at + fragment.length > len(wave):
            return wave, joined(words)
        wave[at : at + fragment.length] = samples_of(fragment) / FULL_SCALE
        begin = at * 1_000 // RATE
        words += [(begin + start, begin + end) for _, start, end in fragment.words]
        at += fragment.length + int(rng.uniform(*pauses_s) * RATE)


def hiss(count: int, dbfs: float, seed: int = 0) -> npt.NDArray[np.float64]:
    """Return the noise of a line."""
    return np.random.default_rng(seed).standard_normal(count) * 10 ** (dbfs / 20)


def sound(*channels: npt.NDArray[np.floating]) -> Samples:
    """Lay waves side by side as channels."""
    return np.clip(np.stack(channels), -1, 1).astype(np.float32)
