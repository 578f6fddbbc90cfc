"""What was heard in a recording: stretches of speech, and what each channel is like."""

from dataclasses import dataclass

import numpy as np

from recordings_pipeline.core.voice.energy import energy_speech
from recordings_pipeline.core.voice.features import FRAME_MS, Features, Floats
from recordings_pipeline.core.voice.rules import echoes, tonal
from recordings_pipeline.core.voice.runs import Mask, runs_of
from recordings_pipeline.core.voice.smoothing import smoothed

# Whoever changes what the detector finds gives it another number: what others found is found anew.
RULES_VERSION = 1
ENERGY = f"energy-{RULES_VERSION}"
# Chosen on calls of other seeds than those that are reported: between 0.2 and 0.5, clean calls and
# a call centre's babble differ by less than half a point of error.
SPEECH_PROBABILITY = 0.4
# Two sides of a call are alike by 0.02, an echo makes it 0.1; the same sound twice is 1.
_DUAL_MONO = 0.98
_LOUD_SHARE, _QUIET_SHARE = 97, 50


@dataclass(frozen=True, slots=True)
class Voiced:
    """A stretch of speech on one channel; milliseconds from the start of the file.

    Attributes:
        channel: From 1.
        level_dbfs: Its average power, in decibels below full scale.
    """

    channel: int
    start_ms: int
    end_ms: int
    level_dbfs: float


@dataclass(frozen=True, slots=True)
class ChannelHeard:
    """What one channel is like; decibels below full scale.

    Attributes:
        speech_dbfs: Level of loud speech; None without speech.
        noise_dbfs: Level of what is no speech; None when all of it is.
    """

    speech_ms: int
    speech_dbfs: float | None
    noise_dbfs: float | None

    @property
    def snr_db(self) -> float | None:
        """Speech over background."""
        if self.speech_dbfs is None or self.noise_dbfs is None:
            return None
        return round(self.speech_dbfs - self.noise_dbfs, 1)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in an audio file.

    Attributes:
        voiced: Ordered by start, then by channel; of one channel only when both are the same.
        is_dual_mono: Whether both channels carry the same sound: nothing tells the sides apart.
    """

    duration_ms: int
    channels: tuple[ChannelHeard, ...]
    voiced: tuple[Voiced, ...]
    is_dual_mono: bool


def heard(features: Features, probabilities: Floats | None = None) -> Heard:
    """Say who spoke when.

    Args:
        features: What was measured in the sound.
        probabilities: Of speech, by channel and frame, from a model; without, levels decide.
    """
    is_dual_mono = features.likeness > _DUAL_MONO
    masks = _speech(features, probabilities)
    voiced = [
        _voiced(features, channel, run)
        for channel, mask in enumerate(masks[:1] if is_dual_mono else masks)
        for run in runs_of(mask)
    ]
    return Heard(
        duration_ms=features.duration_ms,
        channels=tuple(
            _channel(levels, mask, features.duration_ms)
            for levels, mask in zip(features.levels, masks, strict=True)
        ),
        voiced=tuple(sorted(voiced, key=lambda found: (found.start_ms, found.channel))),
        is_dual_mono=is_dual_mono,
    )


def _speech(features: Features, probabilities: Floats | None) -> list[Mask]:
    found = []
    for channel, echo in enumerate(echoes(features.levels)):
        if probabilities is None:
            speech = energy_speech(features.levels[channel], echo)
        else:
            speech = (probabilities[channel] > SPEECH_PROBABILITY) & ~echo
        speech = smoothed(speech)
        found.append(speech & ~tonal(features, channel, speech))
    return found


def _voiced(features: Features, channel: int, run: tuple[int, int]) -> Voiced:
    start, end = run
    power = float(np.power(10, features.levels[channel, start:end] / 10).mean())
    return Voiced(
        channel=channel + 1,
        start_ms=start * FRAME_MS,
        end_ms=min(end * FRAME_MS, features.duration_ms),
        level_dbfs=round(10 * float(np.log10(power)), 1),
    )


def _channel(levels: Floats, speech: Mask, duration_ms: int) -> ChannelHeard:
    frames = int(np.count_nonzero(speech))
    return ChannelHeard(
        speech_ms=min(frames * FRAME_MS, duration_ms),
        speech_dbfs=_percentile(levels[speech], _LOUD_SHARE),
        noise_dbfs=_percentile(levels[~speech], _QUIET_SHARE),
    )


def _percentile(levels: Floats, share: int) -> float | None:
    return round(float(np.percentile(levels, share)), 1) if len(levels) else None
