"""Whether a transcript and the sound tell of the same call.

Where they do not, somebody exchanged the channels, two clocks differ, or one of them lacks speech:
that is found here before anybody draws conclusions from it. Measured on 60 simulated calls: phrases
and sound agree by 0.93 and more; exchanged by less than 0.25, a second apart by less than 0.75.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FRAME_MS = 20
MOST_SHIFT_MS = 5_000
# What agrees by so much is the same call: engines cut phrases, detectors stretches, not alike.
AGREES = 0.75
# Explained by an exchange or a shift, if that makes it better by so much.
BETTER = 0.1
# Phrases begin and end up to 0.2 s beside the voice.
LEAST_SHIFT_MS = 300
# Of one side's speech that the other source has to know.
LEAST_SHARE = 0.75
# Less speech is too little to judge by.
LEAST_SPEECH_MS = 5_000
_SIDES = ("external", "internal")

Spoken = tuple[str, int, int]
_Frames = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well a transcript and the sound agree.

    Attributes:
        agreement: Share of speech that both find on the same side, 0 to 1; None without speech.
        swapped_agreement: The same with the channels exchanged.
        shift_ms: How much later the sound says what the transcript says, where they fit best.
        verdict: ``agrees``, ``swapped_channels``, ``shifted_clock``, ``missing_speech`` or
            ``unsure``.
    """

    transcript_ms: int
    audio_ms: int
    agreement: float | None
    swapped_agreement: float | None
    shift_ms: int | None
    verdict: str


def agreement(
    transcript: Iterable[Spoken], activity: Iterable[Spoken], duration_ms: int
) -> Agreement:
    """Compare what a transcript and the sound say of who spoke when.

    What a transcript has more than `MOST_SHIFT_MS` behind the sound is left out: a single phrase a
    week behind it cost 1.8 GB. Much of it leaves a doubt.

    Args:
        transcript: Side, start and end in milliseconds of the recording, in any order.
        activity: The same of what was heard.
        duration_ms: Length of the sound that was heard.
    """
    last_ms = max(duration_ms, 0) + MOST_SHIFT_MS
    count = last_ms // FRAME_MS + 1
    spoken = list(transcript)
    said, heard = _frames(spoken, count), _frames(activity, count)
    said_ms, heard_ms = (int(frames.sum()) * FRAME_MS for frames in (said, heard))
    both = said.sum() + heard.sum()
    if not both:
        return Agreement(0, 0, None, None, None, "unsure")
    straight, swapped = (2 * _overlaps(said, one) / both for one in (heard, heard[::-1]))
    middle = len(straight) // 2
    is_swapped = swapped.max() >= max(straight.max() + BETTER, AGREES)
    best = int((swapped if is_swapped else straight).argmax())
    shift_ms = (best - middle) * FRAME_MS
    now, then = float(straight[middle]), float(swapped[middle])
    if min(said_ms, heard_ms) < LEAST_SPEECH_MS:
        verdict = "missing_speech" if max(said_ms, heard_ms) >= 4 * LEAST_SPEECH_MS else "unsure"
    elif is_swapped:
        verdict = "swapped_channels"
    else:
        verdict = _verdict(said, heard, (now, float(straight.max())), shift_ms)
    behind_ms = sum(max(end - max(start, last_ms), 0) for _, start, end in spoken)
    if verdict == "agrees" and behind_ms >= LEAST_SPEECH_MS:
        verdict = "unsure"
    return Agreement(said_ms, heard_ms, round(now, 4), round(then, 4), shift_ms, verdict)


def _verdict(said: _Frames, heard: _Frames, scores: tuple[float, float], shift_ms: int) -> str:
    """Judge what is on its own side: at its place, and where it fits best."""
    now, best = scores
    if abs(shift_ms) >= LEAST_SHIFT_MS and best >= max(now + BETTER, AGREES):
        return "shifted_clock"
    shared = (said * heard).sum(axis=1)
    for frames in (said, heard):
        for side, spoken in enumerate(frames.sum(axis=1)):
            if spoken * FRAME_MS >= LEAST_SPEECH_MS and shared[side] < LEAST_SHARE * spoken:
                return "missing_speech" if _is_nested(said, heard) else "unsure"
    return "agrees" if now >= AGREES else "unsure"


def _is_nested(said: _Frames, heard: _Frames) -> bool:
    """Say whether all that one source knows, the other knows as well."""
    return float((said * heard).sum()) >= LEAST_SHARE * min(float(said.sum()), float(heard.sum()))


def _frames(spoken: Iterable[Spoken], count: int) -> _Frames:
    frames = np.zeros((len(_SIDES), count), np.float32)
    for side, start_ms, end_ms in spoken:
        if side in _SIDES and end_ms > start_ms:
            first, last = round(start_ms / FRAME_MS), round(end_ms / FRAME_MS)
            frames[_SIDES.index(side), max(first, 0) : max(last, 0)] = 1
    return frames


def _overlaps(said: _Frames, heard: _Frames) -> npt.NDArray[np.float64]:
    """Return the frames both share for each shift of what was heard, earliest first."""
    most = MOST_SHIFT_MS // FRAME_MS
    length = said.shape[1] + most
    size = 1 << (length - 1).bit_length()
    spectra = np.fft.rfft(heard, size, axis=1) * np.conj(np.fft.rfft(said, size, axis=1))
    shared = np.fft.irfft(spectra.sum(axis=0), size)
    return np.round(np.concatenate([shared[-most:], shared[: most + 1]]), 3).astype(np.float64)
