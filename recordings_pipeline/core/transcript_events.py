"""What a transcript file noticed beside words: silence, overtalk, topics, sentiment."""

import re
from collections.abc import Iterator, Mapping

from recordings_pipeline.core.purposes import SIDES
from recordings_pipeline.core.speech import Phrase, SpeechEvent
from recordings_pipeline.core.transcript_members import NEGATIVE, Members
from recordings_pipeline.core.transcript_phrases import UNKNOWN, Run, start_of

MOST_EVENTS = 1_000_000
SOURCE, SENTIMENT = "transcript", "sentiment"
_KINDS = {"securepause": "secure_pause", "over_talk": "overtalk"}
_BOTH = frozenset({"both", "all", "none"})
_MOST_NAME = 60
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9]+")
_PLACE = frozenset(
    "participant startTimeMs offset offsetMs duration durationMs type".split()  # noqa: SIM905
)
_ACOUSTIC = _PLACE | {"eventType"}
_TOPIC = _PLACE | {"topicId", "topicName", "topicPhrase", "transcriptPhrase", "confidence"}
_MOOD = _PLACE | {"phrase", "phraseIndex", "sentiment"}
_ANALYTICS = frozenset({"sentiment", "topics", "acoustic"})
Phrases = Mapping[int, Phrase]


def events_of(run: Run, members: Members, phrases: Phrases) -> Iterator[SpeechEvent]:
    """Yield what a run noticed, in order of the file.

    Args:
        run: The recognition run.
        members: Its object in the file.
        phrases: Its phrases by index; sentiment without an offset lies where its phrase does.
    """
    held = members.item.get("analytics")
    if held is None:
        return
    if not isinstance(held, Mapping):
        members.note("analytics", "of another type")
        return
    analytics = Members(held, f"{members.path}.analytics", members.drift)
    members.drift.note_new(held, _ANALYTICS, analytics.path)
    for entry in analytics.entries("acoustic", MOST_EVENTS):
        yield from _acoustic(run, entry)
    for entry in analytics.entries("topics", MOST_EVENTS):
        yield from _topic(run, entry)
    for entry in analytics.entries("sentiment", MOST_EVENTS):
        yield from _sentiment(run, entry, phrases)


def _acoustic(run: Run, entry: Members) -> Iterator[SpeechEvent]:
    entry.drift.note_new(entry.item, _ACOUSTIC, entry.path)
    kind = _kind(entry.text("eventType"))
    place = _place(run, entry)
    if place is None or not kind:
        entry.lost("no place on the clock" if kind else "of no kind")
        return
    yield SpeechEvent(kind, SOURCE, _side(entry), *place, transcript_id=run.transcript_id)


def _topic(run: Run, entry: Members) -> Iterator[SpeechEvent]:
    entry.drift.note_new(entry.item, _TOPIC, entry.path)
    place = _place(run, entry)
    if place is None:
        entry.lost("no place on the clock")
        return
    yield SpeechEvent(
        "topic",
        SOURCE,
        _side(entry),
        *place,
        name=entry.text("topicName") or None,
        value=entry.between("confidence", 0, 1),
        text=entry.text("transcriptPhrase") or entry.text("topicPhrase") or None,
        transcript_id=run.transcript_id,
    )


def _sentiment(run: Run, entry: Members, phrases: Phrases) -> Iterator[SpeechEvent]:
    entry.drift.note_new(entry.item, _MOOD, entry.path)
    index = entry.whole("phraseIndex")
    phrase = None if index is None else phrases.get(index)
    place = _place(run, entry)
    if place is None and phrase is not None:
        place = phrase.start_ms, phrase.end_ms
    if place is None:
        entry.lost("no place on the clock")
        return
    yield SpeechEvent(
        SENTIMENT,
        SOURCE,
        _side(entry),
        *place,
        value=entry.between("sentiment", -1, 1),
        text=entry.text("phrase") or None,
        transcript_id=run.transcript_id,
        phrase_index=index,
    )


def _place(run: Run, entry: Members) -> tuple[int, int | None] | None:
    start_ms, duration_ms = start_of(run, entry), entry.span_ms("duration")
    if start_ms is None:
        return None
    if duration_ms is not None and duration_ms < 0:
        entry.note("duration", NEGATIVE)
        duration_ms = 0
    if start_ms < 0:
        entry.note("offset", "before the recording")
    end_ms = None if duration_ms is None else max(start_ms + duration_ms, 0)
    return max(start_ms, 0), end_ms


def _side(entry: Members) -> str | None:
    """Return the side; None for both, and for whoever is unknown."""
    side = side_named(entry.text("participant"))
    if side is UNKNOWN:
        entry.note("participant", "unknown purpose")
        return None
    return side


def side_named(participant: str) -> str | None:
    """Return the side of a participant; None for both, and `UNKNOWN` for whoever is unknown."""
    purpose = participant.lower()
    if not purpose or purpose in _BOTH:
        return None
    return SIDES.get(purpose, UNKNOWN)


def _kind(word: str) -> str:
    """Return a kind of event in our words, or the source's word in our spelling."""
    spelled = _OTHER.sub("_", _HUMP.sub("_", word[:_MOST_NAME]).lower()).strip("_")
    return _KINDS.get(spelled, spelled)
