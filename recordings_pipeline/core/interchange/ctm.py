"""CTM: one word a line with its time, for programs that score recognition.

Source: NIST SCTK, sclite's input formats: sorted by file, channel and begin; ``;;`` is a comment.
"""

from collections.abc import Iterator

from recordings_pipeline.core.interchange.text import seconds, token
from recordings_pipeline.core.speech import Word
from recordings_pipeline.core.spoken import SpokenConversation

# ``<ALT_BEGIN>`` and the like would begin a choice between words.
_HARMLESS = str.maketrans("<>", "\u2039\u203a")


def ctm(conversation: SpokenConversation) -> str:
    """Return the words; each recording is a file with a clock of its own, channels are letters.

    A phrase whose words have no times cannot be told; a comment says how many there are.
    """
    lines = [line for *_, line in sorted(_lines(conversation))]
    said = [said for recording in conversation.recordings for said in recording.said]
    left_out = sum(not spoken.phrase.words for spoken in said)
    if left_out:
        lines.insert(0, f";; left out: {left_out} phrases without times of words")
    return "".join(f"{line}\n" for line in lines)


def _lines(conversation: SpokenConversation) -> Iterator[tuple[str, str, int, str]]:
    for recording in conversation.recordings:
        name = token(recording.id)
        for said in recording.said:
            channel = chr(ord("A") + recording.channel_of(said.phrase.side))
            for word in said.phrase.words:
                yield name, channel, max(word.start_ms, 0), f"{name} {channel} {_word(word)}"


def _word(word: Word) -> str:
    start_ms = max(word.start_ms, 0)
    length_ms = max(word.end_ms - start_ms, 0)
    sure = "" if word.confidence is None else f" {word.confidence:.4f}"
    text = token(word.text).translate(_HARMLESS)
    return f"{seconds(start_ms)} {seconds(length_ms)} {text}{sure}"
