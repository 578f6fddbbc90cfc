"""What subtitles have in common: phrases of all recordings on the conversation's clock."""

from collections.abc import Iterator
from dataclasses import dataclass

from recordings_pipeline.core.cast import Cast
from recordings_pipeline.core.interchange.text import one_line
from recordings_pipeline.core.spoken import SpokenConversation


@dataclass(frozen=True, slots=True)
class Cue:
    """A line to show; it ends after it starts, and starts at 0 or later."""

    start_ms: int
    end_ms: int
    speaker: str
    text: str


def cues_of(conversation: SpokenConversation) -> list[Cue]:
    """Return cues ordered by start; those of people who speak at once overlap.

    Two recordings of the same leg tell the same twice: equal cues are one.
    """
    cues = dict.fromkeys(_cues(conversation))
    return sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))


def _cues(conversation: SpokenConversation) -> Iterator[Cue]:
    cast = Cast(conversation)
    for recording in conversation.recordings:
        offset_ms = conversation.offset_ms(recording)
        for said in recording.said:
            start_ms = max(offset_ms + said.phrase.start_ms, 0)
            end_ms = max(offset_ms + said.phrase.end_ms, start_ms + 1)
            yield Cue(start_ms, end_ms, one_line(cast.name(said.speaker)), one_line(said.text))
