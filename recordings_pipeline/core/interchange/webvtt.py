"""WebVTT: subtitles for players, with the speaker as a voice span.

Source: W3C WebVTT, sections 4.1 (file), 4.2.2 (cue text).
"""

from html import escape

from recordings_pipeline.core.interchange.cues import Cue, cues_of
from recordings_pipeline.core.interchange.text import clock
from recordings_pipeline.core.spoken import SpokenConversation


def webvtt(conversation: SpokenConversation) -> str:
    """Return the phrases as cues on the conversation's clock."""
    blocks = ["WEBVTT", f"NOTE Conversation {conversation.id}"]
    blocks += [_block(number, cue) for number, cue in enumerate(cues_of(conversation), 1)]
    return "\n\n".join(blocks) + "\n"


def _block(number: int, cue: Cue) -> str:
    """Write a cue; with ``>`` escaped, no text can hold the arrow between two times."""
    times = f"{clock(cue.start_ms, '.')} --> {clock(cue.end_ms, '.')}"
    speaker, text = escape(cue.speaker, quote=False), escape(cue.text, quote=False)
    return f"{number}\n{times}\n<v {speaker}>{text}</v>"
