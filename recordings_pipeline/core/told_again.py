"""A transcript out of the rows that it became.

Its tables hold all that is used of a transcript file but a few facts of the file as a whole. With
those, a file that nobody here can open any more is not needed to publish its day once more.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder, encode

from recordings_pipeline.core.speech import Participant, Phrase, SpeechEvent, Transcript, Word
from recordings_pipeline.core.standings import ToldRecording
from recordings_pipeline.core.transcript_events import SOURCE

PHRASE_COLUMNS = (
    "conversation_id", "recording_id", "transcript_id", "phrase_index", "side", "purpose",
    "start_ms", "end_ms", "text", "decorated_text", "confidence", "stability", "language",
)  # fmt: skip
WORD_COLUMNS = (
    "conversation_id", "recording_id", "transcript_id", "phrase_index", "word", "start_ms",
    "end_ms", "confidence",
)  # fmt: skip
EVENT_COLUMNS = (
    "conversation_id", "recording_id", "kind", "source", "side", "start_ms", "end_ms", "name",
    "value", "text", "transcript_id", "phrase_index",
)  # fmt: skip
_PHRASE = itemgetter(2, 3)
_SOURCE_AT = EVENT_COLUMNS.index("source")

Values = tuple[Any, ...]


class Rest(Struct, frozen=True):
    """What the tables lack of a transcript, and how many rows they have of it."""

    start_epoch_ms: int | None
    duration_ms: int | None
    participants: tuple[Participant, ...]
    drift: tuple[tuple[str, int], ...]
    phrase_count: int
    word_count: int
    event_count: int


_REST = Decoder(Rest)


def rest_of(transcript: Transcript) -> Rest:
    """Return what the tables will lack of a transcript."""
    return Rest(
        transcript.start_epoch_ms,
        transcript.duration_ms,
        transcript.participants,
        transcript.drift,
        len(transcript.phrases),
        sum(len(phrase.words) for phrase in transcript.phrases),
        len(transcript.events),
    )


def rest_as_text(rest: Rest) -> str:
    """Write it for the ledger."""
    return encode(rest).decode()


def rest_from_text(text: str) -> Rest | None:
    """Read back what `rest_as_text` wrote; None for anything else."""
    try:
        return _REST.decode(text)
    except (DecodeError, ValidationError):
        return None


def transcript_again(
    told: ToldRecording,
    rest: Rest,
    phrases: Sequence[Values],
    words: Sequence[Values],
    events: Sequence[Values],
) -> Transcript | None:
    """Return the transcript that some rows were made of; None when rows are missing.

    Args:
        told: Whose it is.
        rest: What the tables lack.
        phrases: Its rows, in order, of `PHRASE_COLUMNS`.
        words: Its rows, in order, of `WORD_COLUMNS`.
        events: Its rows, in order, of `EVENT_COLUMNS`, other sources' among them.
    """
    own = [values for values in events if values[_SOURCE_AT] == SOURCE]
    if (len(phrases), len(words), len(own)) != (
        rest.phrase_count,
        rest.word_count,
        rest.event_count,
    ):
        return None
    spoken = {
        key: tuple(Word(*values[4:]) for values in group)
        for key, group in groupby(words, key=_PHRASE)
    }
    return Transcript(
        told.conversation_id,
        told.communication_id,
        told.recording_id,
        rest.start_epoch_ms,
        rest.participants,
        tuple(_phrase(values, spoken.get(_PHRASE(values), ())) for values in phrases),
        tuple(SpeechEvent(*values[2:]) for values in own),
        rest.drift,
        rest.duration_ms,
    )


def _phrase(values: Values, words: tuple[Word, ...]) -> Phrase:
    run, index, side, purpose, start_ms, end_ms, text, decorated, *engine = values[2:]
    confidence, stability, language = engine
    return Phrase(
        run,
        index,
        side,
        purpose,
        start_ms,
        end_ms,
        text,
        decorated or "",
        confidence,
        stability,
        language,
        words,
    )
