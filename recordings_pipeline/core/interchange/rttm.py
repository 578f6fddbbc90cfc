"""RTTM: who spoke when, for programs that score diarization.

Source: NIST RT-09 evaluation plan, appendix A: ten fields, seconds, channels from 1.
"""

from collections.abc import Iterator

from recordings_pipeline.core.cast import Cast
from recordings_pipeline.core.interchange.text import seconds, token
from recordings_pipeline.core.spoken import SpokenConversation


def rttm(
    conversation: SpokenConversation, source: str | None = None, *, is_single_channel: bool = False
) -> str:
    """Return the turns, by recording and start; each recording is a file with a clock of its own.

    Args:
        conversation: Whose turns.
        source: ``transcript`` or ``audio``; without one the transcript's, else the audio's.
        is_single_channel: Write channel 1 throughout: some scorers expect nothing else.
    """
    lines = _lines(conversation, source, is_single_channel=is_single_channel)
    return "".join(f"{line}\n" for line in lines)


def _lines(
    conversation: SpokenConversation, source: str | None, *, is_single_channel: bool
) -> Iterator[str]:
    cast = Cast(conversation)
    for recording in conversation.recordings:
        name = token(recording.id)
        for turn in sorted(recording.turns_by(source), key=lambda t: (t.start_ms, t.end_ms)):
            channel = 1 if is_single_channel else recording.channel_of(turn.side) + 1
            start_ms = max(turn.start_ms, 0)
            length_ms = max(turn.end_ms - start_ms, 1)  # scorers refuse a turn without length
            speaker = token(cast.id(turn.speaker))
            sure = "<NA>" if turn.confidence is None else f"{turn.confidence:.3f}"
            when = f"{seconds(start_ms)} {seconds(length_ms)}"
            yield f"SPEAKER {name} {channel} {when} <NA> <NA> {speaker} {sure} <NA>"
