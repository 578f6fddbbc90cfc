"""Transcript files in every shape the platform, or its history, has."""

from datetime import datetime
from typing import Any

from recordings_pipeline.simulator.call import Call, Leg, Recording
from recordings_pipeline.simulator.events import Event, events_of, phrases_of
from recordings_pipeline.simulator.ids import named_id
from recordings_pipeline.simulator.plan import PhraseTruth, Word
from recordings_pipeline.simulator.site import Site

Json = dict[str, Any]
# How far a file's clock runs ahead of everybody's windows in the variant `outside_windows`.
DRIFT_MS = 3_600_000


def transcript_file(site: Site, call: Call, recording: Recording) -> Json:
    """Return what lies behind a transcript URL."""
    started = recording.start
    length_ms = recording.duration_ms
    runs = _runs(call, recording, _epoch(started))
    return {
        "organizationId": site.world.organization_id,
        "conversationId": call.conversation_id,
        "communicationId": recording.communication_id,
        "recordingId": recording.id,
        "mediaType": "call",
        "conversationStartTime": _epoch(call.start),
        "startTime": _epoch(started),
        "duration": _span(length_ms),
        "participants": [_participant(call, leg) for leg in call.legs],
        "transcripts": runs,
        "uri": f"/conversations/{call.conversation_id}",
    }


def _runs(call: Call, recording: Recording, started_ms: int) -> list[Json]:
    """Return one recognition run, or two that share the phrases between them."""
    phrases = list(enumerate(phrases_of(call, recording)))
    if not call.has("two_runs"):
        return [_run(call, recording, started_ms, phrases, "")]
    half = len(phrases) // 2
    first = _run(call, recording, started_ms, phrases[:half], "")
    return [first, _run(call, recording, started_ms, phrases[half:], "-2")]


def _run(
    call: Call,
    recording: Recording,
    started_ms: int,
    phrases: list[tuple[int, PhraseTruth]],
    suffix: str,
) -> Json:
    write = _sparse_phrase if call.has("sparse_transcript") else _phrase
    # The offset stays right while the absolute clock is off by an hour.
    clock_ms = started_ms + (DRIFT_MS if call.has("outside_windows") else 0)
    return {
        "transcriptId": recording.id + suffix,
        "language": call.language,
        "programId": "00000000-0000-4000-8000-0000000000f1",
        "engineId": "simulated",
        "startTime": clock_ms,
        "duration": _span(recording.duration_ms),
        "phrases": [write(index, phrase, clock_ms) for index, phrase in phrases],
        "analytics": _analytics(call, recording, phrases, clock_ms),
    }


def _participant(call: Call, leg: Leg) -> Json:
    found: Json = {
        "participantPurpose": leg.purpose,
        "startTimeMs": _epoch(leg.start),
        "endTimeMs": _epoch(leg.end),
    }
    if leg.purpose == "customer":
        found |= {"initialDirection": "outbound" if call.has("outbound") else "inbound"}
        found |= {"ani": call.ani, "dnis": call.dnis}
    if leg.user_id:
        found |= {"userId": leg.user_id, "queueId": call.queue_id, "divisionId": call.division_id}
    return found


def _phrase(index: int, phrase: PhraseTruth, clock_ms: int) -> Json:
    return {
        "phraseIndex": index,
        "participantPurpose": phrase.side,
        "text": phrase.text,
        "decoratedText": phrase.decorated,
        "stability": 1.0,
        "confidence": _confidence(phrase),
        **_when(phrase.start_ms, phrase.end_ms, clock_ms),
        "words": [_word(word, clock_ms) for word in phrase.words],
        "alternatives": [],
    }


def _sparse_phrase(index: int, phrase: PhraseTruth, _clock_ms: int) -> Json:
    """Write a phrase as older files do: plain integers, no words, no punctuation."""
    return {
        "phraseIndex": index,
        "participantPurpose": phrase.side,
        "text": phrase.text,
        "confidence": _confidence(phrase),
        "offsetMs": phrase.start_ms,
        "durationMs": phrase.end_ms - phrase.start_ms,
    }


def _word(word: Word, clock_ms: int) -> Json:
    when = _when(word.start_ms, word.end_ms, clock_ms)
    return {"word": word.text, "confidence": word.confidence, **when}


def _confidence(phrase: PhraseTruth) -> float:
    return round(sum(word.confidence for word in phrase.words) / len(phrase.words), 4)


def _analytics(
    call: Call, recording: Recording, phrases: list[tuple[int, PhraseTruth]], clock_ms: int
) -> Json:
    """Return what is noticed in a run: of its own phrases, and in the first one of the sound."""
    own = {index for index, _ in phrases}
    events = events_of(call, recording)
    spoken = [event for event in events if event.phrase_index in own]
    heard = [event for event in events if event.phrase_index is None]
    return {
        "sentiment": [_sentiment(event, clock_ms) for event in spoken if event.kind == "sentiment"],
        "topics": [_topic(event, clock_ms) for event in spoken if event.kind == "topic"],
        "acoustic": [_acoustic(event, clock_ms) for event in heard if not own or 0 in own],
    }


def _sentiment(event: Event, clock_ms: int) -> Json:
    return {
        "participant": event.side,
        "phrase": event.text,
        "phraseIndex": event.phrase_index,
        "sentiment": event.value,
        **_when(event.start_ms, event.end_ms, clock_ms),
    }


def _topic(event: Event, clock_ms: int) -> Json:
    return {
        "participant": event.side,
        "topicId": named_id(0, "topic", event.name),
        "topicName": event.name,
        "topicPhrase": event.text,
        "transcriptPhrase": event.text,
        "confidence": event.value,
        **_when(event.start_ms, event.end_ms, clock_ms),
    }


def _acoustic(event: Event, clock_ms: int) -> Json:
    return {
        "eventType": event.kind,
        "offsetMs": event.start_ms,
        "startTimeMs": clock_ms + event.start_ms,
        "durationMs": event.end_ms - event.start_ms,
        "participant": event.side,
    }


def _when(start_ms: int, end_ms: int, clock_ms: int) -> Json:
    return {
        "startTimeMs": clock_ms + start_ms,
        "offset": _span(start_ms),
        "duration": _span(end_ms - start_ms),
    }


def _span(milliseconds: int) -> Json:
    return {"milliseconds": milliseconds}


def _epoch(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
