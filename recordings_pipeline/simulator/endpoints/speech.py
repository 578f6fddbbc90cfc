"""Speech and text analytics: transcript URLs, and what is computed from transcripts."""

from datetime import timedelta
from typing import Any

from recordings_pipeline.simulator.asking import (
    Answer,
    Ask,
    Json,
    bad,
    instant,
    instant_of,
    missing,
    page_of,
    whole,
)
from recordings_pipeline.simulator.call import Call, Recording
from recordings_pipeline.simulator.events import phrases_of

MOST_SEARCH_HITS, MOST_SEARCH_DAYS = 1_000, 60
_NONE = "resource.not.found"
_CRITERIA = (
    "EXACT",
    "EXACT_PHRASE",
    "PHRASE",
    "DATE_RANGE",
    "RANGE",
    "GREATER_THAN",
    "LESS_THAN",
    "REQUIRED_FIELDS",
)
_MOST_CATEGORIES = 50


def transcript_url(ask: Ask) -> Answer:
    """Return the URL of a communication's transcript file; 404 is normal."""
    call, recordings = _told(ask)
    return Answer({"url": _link(ask, call, recordings[0])})


def transcript_urls(ask: Ask) -> Answer:
    """Return a URL for each recording of a communication."""
    call, recordings = _told(ask)
    base = f"/api/v2/conversations/{call.conversation_id}"
    urls = [
        {
            "recording": {"id": found.id, "selfUri": f"{base}/recordings/{found.id}"},
            "url": _link(ask, call, found),
        }
        for found in recordings
    ]
    conversation = {"id": call.conversation_id, "selfUri": base}
    return Answer(
        {
            "conversation": conversation,
            "communicationId": recordings[0].communication_id,
            "urls": urls,
        }
    )


def conversation_metrics(ask: Ask) -> Answer:
    """Return shares of the call, in percent of its recording."""
    call, recording = _heard(ask)
    total_ms = max(recording.duration_ms, 1)
    talk = dict.fromkeys(("internal", "external"), 0)
    for phrase in phrases_of(call, recording):
        talk[phrase.side] += phrase.end_ms - phrase.start_ms
    agent, customer = (round(100 * talk[side] / total_ms, 2) for side in ("internal", "external"))
    silence = round(max(100 - agent - customer, 0.0), 2)
    return Answer(
        {
            "conversation": {"id": call.conversation_id},
            "sentimentScore": 12.5,
            "sentimentTrend": 0.0,
            "sentimentTrendClass": "NoChange",
            "empathyScores": [],
            "participantMetrics": {
                "agentDurationPercentage": agent,
                "customerDurationPercentage": customer,
                "silenceDurationPercentage": silence,
                "ivrDurationPercentage": 0.0,
                "acdDurationPercentage": 0.0,
                "overtalkDurationPercentage": 0.0,
                "otherDurationPercentage": 0.0,
                "overtalkCount": 0,
            },
        }
    )


def categories(ask: Ask) -> Answer:
    """List the categories a conversation was sorted into: none."""
    _heard(ask)
    return Answer(page_of([], ask, most=_MOST_CATEGORIES))


def sentiments(ask: Ask) -> Answer:
    """Return why the customer was happy, or not."""
    call, recording = _heard(ask)
    thanks = [p for p in phrases_of(call, recording) if "thank" in p.text]
    reasons = [{"title": "Thanks", "description": "The customer was thankful."}] if thanks else []
    insights = {"positiveSentimentReasons": reasons, "negativeSentimentReasons": []}
    return Answer({"insights": insights})


def search(ask: Ask) -> Answer:
    """Find transcribed conversations of a time range; only the first thousand can be paged."""
    body = ask.body
    if body.get("types") not in (["transcripts"], ["transcripts_metadata"]):
        raise bad("types is [transcripts] or [transcripts_metadata].", "invalid.value")
    size = whole("pageSize", body.get("pageSize", 25), most=100)
    number = whole("pageNumber", body.get("pageNumber", 1), most=MOST_SEARCH_HITS)
    if size * number > MOST_SEARCH_HITS:
        raise bad(f"Only the first {MOST_SEARCH_HITS} results can be paged.")
    found = _found_by(ask, body.get("query") or [])
    page = found[(number - 1) * size : number * size]
    return Answer(
        {
            "total": len(found),
            "pageCount": -(-len(found) // size),
            "pageSize": size,
            "pageNumber": number,
            "types": body["types"],
            "results": {"transcripts": [_hit(call) for call in page]} if page else {},
        }
    )


def _found_by(ask: Ask, criteria: Json) -> list[Call]:
    if not isinstance(criteria, list) or not all(isinstance(item, dict) for item in criteria):
        raise bad("query is not a list of criteria.")
    ranges = [item for item in criteria if _type(item) == "DATE_RANGE"]
    if not ranges:
        raise bad("A DATE_RANGE on conversationStartTime is needed.")
    start, end = (instant_of(name, ranges[0].get(name)) for name in ("startValue", "endValue"))
    if not start < end <= start + timedelta(days=MOST_SEARCH_DAYS):
        raise bad(f"The range has to be positive and may not exceed {MOST_SEARCH_DAYS} days.")
    texts = [str(item.get("value", "")).lower() for item in criteria if "PHRASE" in _type(item)]
    found = []
    for offset in range((end.date() - start.date()).days + 1):
        for call in ask.site.world.calls(start.date() + timedelta(days=offset)):
            if start <= call.start < end and ask.site.is_told(call) and _says(call, texts):
                found.append(call)
                if len(found) > MOST_SEARCH_HITS:
                    return found
    return found


def _type(item: dict[str, Any]) -> str:
    kind = item.get("type")
    if kind not in _CRITERIA:
        raise bad(f"type is one of {', '.join(_CRITERIA)}.", "invalid.value")
    return str(kind)


def _says(call: Call, texts: list[str]) -> bool:
    if not texts or call.first is None:
        return True
    spoken = " ".join(phrase.text for phrase in phrases_of(call, call.first)).lower()
    return all(text in spoken for text in texts)


def _hit(call: Call) -> dict[str, Json]:
    return {
        "conversationId": call.conversation_id,
        "communicationId": call.communication_id,
        "conversationStartTime": instant(call.start),
        "language": call.language,
    }


def _told(ask: Ask) -> tuple[Call, list[Recording]]:
    """Return the recordings of a communication whose transcript is there."""
    call, communication_id = ask.call(), ask.uuid("communication")
    found = [
        recording
        for recording in ask.site.recordings(call)
        if recording.communication_id == communication_id
        and recording.media == "audio"
        # A transcript is deleted together with its recording.
        and ask.site.file_state(recording, call) != "DELETED"
    ]
    if not found or not ask.site.is_told(call) or ask.suffers("hide"):
        raise missing("transcript", _NONE)
    return call, found


def _heard(ask: Ask) -> tuple[Call, Recording]:
    call = ask.call()
    if call.first is None or not ask.site.is_told(call):
        raise missing("conversation", _NONE)
    return call, call.first


def _link(ask: Ask, call: Call, recording: Recording) -> str:
    lifetime_s = ask.site.options.transcript_url_lifetime_s
    return ask.site.link(f"/transcripts/{call.conversation_id}/{recording.id}", lifetime_s)
