"""Conversations as analytics tells them; absent values are left out, never null."""

from datetime import datetime
from typing import Any

from recordings_pipeline.simulator.asking import instant
from recordings_pipeline.simulator.call import Call, Leg, Segment
from recordings_pipeline.simulator.columns import QUEUE_COUNT
from recordings_pipeline.simulator.site import Site

Json = dict[str, Any]
QUEUE_NAMES = ("Billing", "Technical support", "Sales", "Retention")
# What the trunk negotiated; compressed containers are what the platform stores Opus in.
_CODECS = {"pcm": "audio/L16", "opus": "audio/opus", "webm": "audio/opus", "vorbis": "audio/opus"}
_MEDIA = {"voice": "voice", "chat": "chat", "email": "email", "message": "message"}


def conversation(site: Site, call: Call, *, with_attributes: bool = False) -> Json:
    """Return a conversation as the details query does, or as a details job does."""
    now = site.now()
    found: Json = {
        "conversationId": call.conversation_id,
        "conversationStart": instant(call.start),
        "originatingDirection": "outbound" if call.has("outbound") else "inbound",
        "divisionIds": [call.division_id],
        "participants": [
            _participant(site, call, leg, now) for leg in call.legs if leg.start <= now
        ],
    }
    if not site.is_open(call):
        found["conversationEnd"] = instant(call.ended)
    if call.media == "voice" and call.phases:
        found |= {"mediaStatsMinConversationMos": 4.39, "mediaStatsMinConversationRFactor": 90.6}
    if with_attributes:
        for participant in found["participants"]:
            participant["attributes"] = {"ticket": f"T-{call.index:06d}"}
    return found


def _participant(site: Site, call: Call, leg: Leg, now: datetime) -> Json:
    found: Json = {
        "participantId": leg.participant_id,
        "purpose": leg.purpose,
        "sessions": [_session(site, call, leg, now)],
    }
    names = {
        "customer": "Somewhere",
        "ivr": "Main flow",
        "acd": QUEUE_NAMES[call.queue % QUEUE_COUNT],
        "voicemail": "Voicemail",
    }
    if leg.user_id:
        found["userId"] = leg.user_id
    else:
        found["participantName"] = names[leg.purpose]
    if leg.kind == "agent" and call.has("screen"):
        found["screenRecording"] = True
    return found


def _session(site: Site, call: Call, leg: Leg, now: datetime) -> Json:
    session: Json = {
        "sessionId": leg.session_id,
        "mediaType": _MEDIA[call.media],
        "direction": "outbound" if call.has("outbound") else "inbound",
        "provider": "Edge",
        "segments": [_segment(call, leg, s, now) for s in leg.segments if s.start <= now],
        "metrics": _metrics(leg),
    }
    if leg.purpose == "customer":
        session |= _customer(call)
    else:
        session["peerId"] = call.communication_id
    if leg.purpose == "ivr":
        flow = {"flowId": site.name("flow"), "flowName": "Main flow", "flowType": "INBOUNDCALL"}
        session["flow"] = {**flow, "exitReason": "TRANSFER", "transferType": "ACD"}
    if leg.is_recorded:
        session["recording"] = True
        if call.has("snippet") and leg.purpose == "customer":
            session["snippetRecording"] = True
    return session


def _customer(call: Call) -> Json:
    if call.media != "voice":
        address = f"customer{call.index}@example.com"
        return {"addressFrom": address, "addressTo": "help@example.com"}
    codec = "audio/PCMU" if call.first is None else _CODECS.get(call.first.codec, "audio/PCMU")
    return {
        "ani": call.ani,
        "dnis": call.dnis,
        "sessionDnis": call.dnis,
        "edgeId": "00000000-0000-4000-8000-0000000000e1",
        "mediaEndpointStats": [{"codecs": [codec], "minMos": 4.4}],
    }


def _metrics(leg: Leg) -> list[Json]:
    """Return talk and handle time of an agent, connected time of everybody, in milliseconds."""
    whole_ms = round((leg.end - leg.start).total_seconds() * 1000)
    when = instant(leg.end)
    found = [{"name": "tConnected", "value": whole_ms, "emitDate": when}]
    if leg.purpose == "agent":
        talk = [s for s in leg.segments if s.kind == "interact"]
        talk_ms = round(sum((s.end - s.start).total_seconds() for s in talk) * 1000)
        found.append({"name": "tTalk", "value": talk_ms, "emitDate": when})
        found.append({"name": "tHandle", "value": whole_ms, "emitDate": when})
    return found


def _segment(call: Call, leg: Leg, segment: Segment, now: datetime) -> Json:
    found: Json = {
        "segmentType": segment.kind,
        "conference": segment.is_conference,
        "segmentStart": instant(segment.start),
    }
    if segment.end <= now and not (call.end is None and segment is leg.segments[-1]):
        found["segmentEnd"] = instant(segment.end)
        if segment.ending:
            found["disconnectType"] = segment.ending
    if leg.purpose in ("acd", "agent"):
        found["queueId"] = call.queue_id
    if segment.kind == "wrapup" and leg.wrap_up:
        found["wrapUpCode"] = leg.wrap_up
    return found
