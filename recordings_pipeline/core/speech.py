"""What was said, by whom and when, as values.

Two clocks: ``…_ms`` without more count from the start of the recording, ``…_epoch_ms`` since 1970.
"""

from dataclasses import dataclass

from msgspec import Struct


@dataclass(frozen=True, slots=True)
class Participant:
    """Who was on a call by the transcript file, and when; None for unknown."""

    purpose: str
    user_id: str | None
    start_epoch_ms: int | None
    end_epoch_ms: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """What somebody did on a leg for a while, by the conversation's segments.

    Attributes:
        kind: ``interact``, ``hold``, ``ivr``, ``coaching``, … as the platform calls segment types.
        end_epoch_ms: None while it lasts.
    """

    purpose: str
    user_id: str | None
    communication_id: str | None
    kind: str
    start_epoch_ms: int
    end_epoch_ms: int | None
    is_conference: bool = False


class Word(Struct, frozen=True, gc=False):
    """One word; ``confidence`` is 0 to 1, or None when the engine gave none.

    Words and phrases come by the million: as a struct one costs a fifth of what it costs as a
    frozen dataclass.
    """

    text: str
    start_ms: int
    end_ms: int
    confidence: float | None


class Phrase(Struct, frozen=True, gc=False):
    """What the engine heard one side say without a pause.

    Attributes:
        side: ``internal`` (agent, IVR) or ``external`` (customer).
        purpose: What the file calls the speaker.
        confidence: 0 to 1; None when the engine gave none.
        decorated_text: Empty when the file has none.
        words: In the order of the file; empty when it has none.
    """

    transcript_id: str
    phrase_index: int
    side: str
    purpose: str
    start_ms: int
    end_ms: int
    text: str
    decorated_text: str
    confidence: float | None
    stability: float | None
    language: str | None
    words: tuple[Word, ...] = ()

    @property
    def word_count(self) -> int:
        return len(self.words) or len(self.text.split())


class SpeechEvent(Struct, frozen=True, gc=False):
    """Something the source noticed in a recording: silence, a topic, sentiment, ….

    Attributes:
        kind: In our words, or the source's when we do not know it.
        side: None when it belongs to both.
        value: Sentiment, -1 to 1, or the confidence of a topic.
        phrase_index: The phrase of the run it belongs to; None for none.
    """

    kind: str
    source: str
    side: str | None
    start_ms: int
    end_ms: int | None
    name: str | None = None
    value: float | None = None
    text: str | None = None
    transcript_id: str | None = None
    phrase_index: int | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """One recording's transcript file.

    Attributes:
        start_epoch_ms: When the recording began; None when the file does not say.
        phrases: Ordered by ``start_ms``.
        events: Ordered by ``start_ms``.
        drift: What could not be understood, and how often, by the path within the file.
        duration_ms: Length of the recording; None when the file does not say.
    """

    conversation_id: str
    communication_id: str
    recording_id: str
    start_epoch_ms: int | None
    participants: tuple[Participant, ...]
    phrases: tuple[Phrase, ...]
    events: tuple[SpeechEvent, ...]
    drift: tuple[tuple[str, int], ...] = ()
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who held the floor, as well as can be known.

    Attributes:
        role: ``agent``, ``customer``, ``ivr``, another purpose, or the bare side.
        user_id: The agent; None for anybody else, and when several could be meant.
        candidates: User ids of the agents who could be meant, sorted; empty when it is clear.
    """

    role: str
    user_id: str | None
    is_ambiguous: bool
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker holding the floor; milliseconds from the start of the recording.

    Attributes:
        phrase_count: None when only the audio was heard; ``word_count`` as well.
        confidence: Averaged over words; None when there is none.
    """

    side: str
    speaker: Speaker
    start_ms: int
    end_ms: int
    phrase_count: int | None
    word_count: int | None
    confidence: float | None = None
