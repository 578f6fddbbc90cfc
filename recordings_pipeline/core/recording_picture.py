"""A recording's picture, out of what is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from recordings_pipeline.core.cast import Cast
from recordings_pipeline.core.hues import hue_of
from recordings_pipeline.core.marks import marks_of
from recordings_pipeline.core.speech import Turn
from recordings_pipeline.core.spoken import EXTERNAL, INTERNAL, SpokenRecording
from recordings_pipeline.core.waveform import Lane, Paint, waveform

# A lane can be no higher than this share of the loudest columns: a click is not the measure.
_LOUD = 0.995
_NAMES = {INTERNAL: "Agent", EXTERNAL: "Customer", None: "Everybody"}


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud each channel is, in equal parts; any unit, as the loudest part is the measure."""

    channels: tuple[tuple[float, ...], ...] = ()


NO_LEVELS = Levels()


def recording_picture(
    recording: SpokenRecording, cast: Cast, levels: Levels, source: str | None = None
) -> str:
    """Draw a recording as SVG.

    Args:
        recording: What to draw.
        cast: Who speaks in its conversation.
        levels: Of its channels; without any, only turns are drawn.
        source: Whose turns; without one the transcript's, else the audio's.
    """
    lanes = lanes_of(recording, cast, source, levels)
    turns = recording.turns_by(source)
    marks = marks_of(turns, recording.events, recording.length_ms)
    return waveform(lanes, marks, recording.length_ms, f"Recording {recording.id}")


def lanes_of(
    recording: SpokenRecording, cast: Cast, source: str | None = None, levels: Levels = NO_LEVELS
) -> list[Lane]:
    """Return the agents' channel and the customer's; of a mono recording the only one."""
    turns = recording.turns_by(source)
    sides: list[str | None] = [None] if recording.is_mono else [INTERNAL, EXTERNAL]
    return [
        Lane(
            name=_NAMES[side],
            levels=_heights(levels, 0 if side is None else recording.channel_of(side)),
            spoken=[_paint(turn, cast) for turn in turns if side in (None, turn.side)],
        )
        for side in sides
    ]


def _paint(turn: Turn, cast: Cast) -> Paint:
    return Paint(turn.start_ms, turn.end_ms, hue_of(turn.speaker, cast))


def _heights(levels: Levels, channel: int) -> Sequence[float]:
    """Return heights of bars, 0 to 1: quiet speech is lifted, so that it can be seen."""
    if channel >= len(levels.channels):
        return ()
    loudest = sorted(value for found in levels.channels for value in found)
    top = loudest[int((len(loudest) - 1) * _LOUD)] if loudest else 0.0
    if top <= 0:
        return [0.0] * len(levels.channels[channel])
    return [min(value / top, 1.0) ** 0.75 for value in levels.channels[channel]]
