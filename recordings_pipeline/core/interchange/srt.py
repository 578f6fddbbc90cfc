"""SubRip: subtitles for programs that know nothing else.

It has no escaping: players read brackets and braces as commands, and show ``&lt;`` as it stands. So
they become others that look alike.
"""

from recordings_pipeline.core.interchange.cues import Cue, cues_of
from recordings_pipeline.core.interchange.text import clock
from recordings_pipeline.core.spoken import SpokenConversation

_HARMLESS = str.maketrans("<>{}\\", "\u2039\u203a()/")


def srt(conversation: SpokenConversation) -> str:
    """Return the phrases as cues on the conversation's clock; the speaker comes before the text."""
    return "".join(_block(number, cue) for number, cue in enumerate(cues_of(conversation), 1))


def _block(number: int, cue: Cue) -> str:
    times = f"{clock(cue.start_ms, ',')} --> {clock(cue.end_ms, ',')}"
    return f"{number}\n{times}\n{f'{cue.speaker}: {cue.text}'.translate(_HARMLESS).rstrip()}\n\n"
