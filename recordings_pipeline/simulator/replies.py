"""The platform's JSON: a second statement of the wire format, on purpose.

Sharing the reader's field names would make both sides agree on the same mistake.
"""

from datetime import datetime, timedelta
from typing import Any

from recordings_pipeline.simulator.plan import PhraseTruth, Word
from recordings_pipeline.simulator.speech import MU_LAW
from recordings_pipeline.simulator.world import Call, Leg, World

Json = dict[str, Any]


def instant(moment: datetime) -> str:
    """Write an instant as the platform does: milliseconds and Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def error(status: int, code: str, message: str) -> Json:
    """Return a platform error body."""
    return {
        "message": message,
        "code": code,
        "status": status,
        "contextId": "00000000-0000-4000-8000-00000000c0de",
        "details": [],
        "errors": [],
    }


def conversation(call: Call) -> Json:
    """Return a conversation as the details query does; absent values are left out."""
    return {
        "conversationId": call.conversation_id,
        "conversationStart": instant(call.start),
        "conversationEnd": instant(call.end),
        "originatingDirection": "inbound",
        "divisionIds": ["00000000-0000-4000-8000-0000000000d1"],
        "participants": [_participant(call, leg) for leg in call.legs],
    }


def _participant(call: Call, leg: Leg) -> Json:
    found: Json = {
        "participantId": leg.participant_id,
        "purpose": leg.purpose,
        "sessions": [_session(call, leg)],
    }
    if leg.user_id:
        found["userId"] = leg.user_id
    return found


def _session(call: Call, leg: Leg) -> Json:
    is_customer = leg.purpose == "customer"
    session: Json = {
        "sessionId": leg.session_id,
        "mediaType": "voice",
        "direction": "inbound",
        "provider": "Edge",
        "segments": _segments(call, leg),
    }
    if is_customer:
        codec = "audio/PCMU" if call.codec == MU_LAW else "audio/L16"
        session |= {
            "ani": call.ani,
            "dnis": call.dnis,
            "sessionDnis": call.dnis,
            "mediaEndpointStats": [{"codecs": [codec], "minMos": 4.4}],
        }
        if call.recording_id:
            session["recording"] = True
    else:
        session["peerId"] = call.communication_id
    return session


def _segments(call: Call, leg: Leg) -> list[Json]:
    kind = {"ivr": "ivr", "acd": "delay"}.get(leg.purpose, "interact")
    segment: Json = {
        "segmentType": kind,
        "conference": False,
        "segmentStart": instant(leg.start),
        "segmentEnd": instant(leg.end),
        "disconnectType": "endpoint",
    }
    if leg.purpose in ("acd", "agent"):
        segment["queueId"] = call.queue_id
    return [segment]


def recording_metadata(call: Call) -> list[Json]:
    """Return a conversation's recordings; startTime is null for calls."""
    if call.recording_id is None:
        return []
    return [
        {
            "id": call.recording_id,
            "conversationId": call.conversation_id,
            "startTime": None,
            "endTime": None,
            "media": "audio",
            "mediaSubtype": "Trunk",
            "fileState": call.file_state,
            "deleteDate": instant(call.end + timedelta(days=365)),
            "sessionId": call.communication_id,
            "region": "eu-central-1",
            "selfUri": f"/api/v2/conversations/{call.conversation_id}"
            f"/recordings/{call.recording_id}",
        }
    ]


def transcript_file(world: World, call: Call) -> Json:
    """Return the transcript of a call as the file behind the signed URL."""
    if call.plan is None:
        raise KeyError(call.conversation_id)
    started = call.recording_start
    language = "en-us"
    return {
        "organizationId": world.organization_id,
        "conversationId": call.conversation_id,
        "communicationId": call.communication_id,
        "mediaType": "call",
        "conversationStartTime": _epoch(call.start),
        "startTime": _epoch(started),
        "duration": _span(call.plan.duration_ms),
        "participants": [_transcript_participant(call, leg) for leg in call.legs],
        "transcripts": [
            {
                "transcriptId": call.communication_id,
                "language": language,
                "engineId": "simulated",
                "startTime": _epoch(started),
                "duration": _span(call.plan.duration_ms),
                "phrases": [
                    _phrase(index, phrase, started)
                    for index, phrase in enumerate(call.plan.phrases)
                ],
                "analytics": {"sentiment": [], "topics": [], "acoustic": []},
            }
        ],
    }


def _transcript_participant(call: Call, leg: Leg) -> Json:
    found: Json = {
        "participantPurpose": leg.purpose,
        "startTimeMs": _epoch(leg.start),
        "endTimeMs": _epoch(leg.end),
    }
    if leg.purpose == "customer":
        found |= {"initialDirection": "inbound", "ani": call.ani, "dnis": call.dnis}
    if leg.user_id:
        found |= {"userId": leg.user_id, "queueId": call.queue_id}
    return found


def _phrase(index: int, phrase: PhraseTruth, started: datetime) -> Json:
    words = [_word(word, started) for word in phrase.words]
    confidence = sum(word.confidence for word in phrase.words) / len(phrase.words)
    return {
        "phraseIndex": index,
        "participantPurpose": phrase.side,
        "text": " ".join(word.text for word in phrase.words),
        "decoratedText": phrase.decorated,
        "stability": 1.0,
        "confidence": round(confidence, 4),
        **_when(phrase.start_ms, phrase.end_ms, started),
        "words": words,
        "alternatives": [],
    }


def _word(word: Word, started: datetime) -> Json:
    when = _when(word.start_ms, word.end_ms, started)
    return {"word": word.text, "confidence": word.confidence, **when}


def _when(start_ms: int, end_ms: int, started: datetime) -> Json:
    return {
        "startTimeMs": _epoch(started) + start_ms,
        "offset": _span(start_ms),
        "duration": _span(end_ms - start_ms),
    }


def _span(milliseconds: int) -> Json:
    return {"milliseconds": milliseconds}


def _epoch(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
