"""What the platform's analysis notices in a recording: sentiments, topics, silence, overtalk.

Everything follows from the words and the call's course, so that equal worlds notice the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from recordings_pipeline.simulator.call import Call, Recording
from recordings_pipeline.simulator.plan import PhraseTruth
from recordings_pipeline.simulator.timeline import HOLD, PAUSE

LEAST_SILENCE_MS, LEAST_OVERTALK_MS = 3_000, 100
_GOOD = frozenset({"thank", "thanks", "great", "perfect", "happy", "glad"})
_BAD = frozenset({"sorry", "nobody", "never", "dropping", "expensive", "wrong"})
_NEUTRAL = frozenset({"yes", "sure", "okay"})
_TOPICS = {
    "Billing": frozenset({"bill", "charge", "statement", "refund"}),
    "Connection": frozenset({"internet", "connection", "router", "modem"}),
    "Cancellation": frozenset({"cancel", "contract", "leave"}),
    "Offer": frozenset({"offer", "switching", "discount"}),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was noticed; milliseconds from the start of the recording.

    Attributes:
        kind: ``sentiment``, ``topic``, ``silence`` or ``overtalk``.
        name: The topic's; empty for others.
        value: Sentiment -1, 0 or 1, or a topic's confidence; None for others.
        phrase_index: The phrase of a sentiment or a topic.
        text: The words that gave rise to it.
    """

    kind: str
    side: str
    start_ms: int
    end_ms: int
    name: str = ""
    value: float | None = None
    phrase_index: int | None = None
    text: str = ""


def phrases_of(call: Call, recording: Recording) -> tuple[PhraseTruth, ...]:
    """Return the phrases a recording's transcript file holds, ordered by start."""
    plan = recording.plan
    return () if plan is None or call.has("empty_transcript") else plan.phrases


def events_of(call: Call, recording: Recording) -> list[Event]:
    """Return what is noticed in a recording, phrases' events in order of the phrases."""
    phrases = phrases_of(call, recording)
    return [
        *_sentiments(phrases),
        *_topics(phrases),
        *_silences(call, recording),
        *_overtalk(phrases),
    ]


def _sentiments(phrases: tuple[PhraseTruth, ...]) -> Iterator[Event]:
    for index, phrase in enumerate(phrases):
        words = {word.text for word in phrase.words}
        for value, signs in ((-1, _BAD), (1, _GOOD), (0, _NEUTRAL)):
            if words & signs:
                yield _of(phrase, index, "sentiment", value)
                break


def _topics(phrases: tuple[PhraseTruth, ...]) -> Iterator[Event]:
    """Yield each topic where it is first spoken of."""
    found: set[str] = set()
    for index, phrase in enumerate(phrases):
        for name, signs in _TOPICS.items():
            word = next((word.text for word in phrase.words if word.text in signs), "")
            if word and name not in found:
                found.add(name)
                yield replace(_of(phrase, index, "topic", 0.9), name=name, text=word)


def _silences(call: Call, recording: Recording) -> Iterator[Event]:
    for phase in call.phases if recording.kind == "recording" else ():
        if phase.kind in (HOLD, PAUSE) and phase.length_ms >= LEAST_SILENCE_MS:
            yield Event("silence", "internal", phase.start_ms, phase.end_ms)


def _overtalk(phrases: tuple[PhraseTruth, ...]) -> Iterator[Event]:
    """Yield where both sides speak; the side is that of whoever came in."""
    for number, phrase in enumerate(phrases):
        for later in phrases[number + 1 :]:
            if later.start_ms >= phrase.end_ms:
                break
            end_ms = min(phrase.end_ms, later.end_ms)
            if later.side != phrase.side and end_ms - later.start_ms >= LEAST_OVERTALK_MS:
                yield Event("overtalk", later.side, later.start_ms, end_ms)


def _of(phrase: PhraseTruth, index: int, kind: str, value: float) -> Event:
    return Event(
        kind,
        phrase.side,
        phrase.start_ms,
        phrase.end_ms,
        value=value,
        phrase_index=index,
        text=phrase.text,
    )
