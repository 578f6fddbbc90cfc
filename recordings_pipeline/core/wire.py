"""The platform's JSON, read into our values: the only place that knows its field names.

Tolerant where the platform changes (unknown fields and enum words pass, absent lists are empty),
strict where a mistake would lose a recording: no id, no instant, no list where one is promised.

Source: the models of the official Python SDK 269.0.0.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.layout import is_id
from recordings_pipeline.core.model import (
    BatchState,
    Conversation,
    Media,
    Organization,
    Recording,
)
from recordings_pipeline.core.secrets import SignedUrl, signed_url

Json = Mapping[str, Any]

_AGENTS = ("agent", "user")
_VOICE = "voice"


def parsed(body: bytes, what: str) -> Any:  # noqa: ANN401 (JSON is whatever it is)
    """Decode a JSON body.

    Raises:
        MalformedPayload: The body is not JSON; its text is not part of the message.
    """
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise MalformedPayload(what, "is not valid JSON") from None


def conversations_page(payload: object) -> tuple[list[Conversation], int]:
    """Read one page of a details query as (conversations, ``totalHits``).

    An empty page has no ``conversations`` member at all.
    """
    page = _mapping(payload, "details query")
    total = page.get("totalHits", 0)
    if not isinstance(total, int) or total < 0:
        raise MalformedPayload("details query", "totalHits is not a count")
    return [_conversation(item) for item in _items(page, "conversations")], total


def recordings(payload: object, conversation_id: str) -> list[Recording]:
    """Read the answer of ``recordingmetadata``, in the order of the platform."""
    if not isinstance(payload, list):
        raise MalformedPayload("recording metadata", "is not a list")
    return [_recording(_mapping(item, "recording"), conversation_id) for item in payload]


def batch_state(payload: object) -> BatchState:
    """Read the state of a batch request.

    Answers from before SDK 217.0.0 have no ``status``: then the counts decide, and 0 of 0 is the
    state right after submission, not the end.
    """
    state = _mapping(payload, "batch request")
    expected, done = state.get("expectedResultCount") or 0, state.get("resultCount") or 0
    status = state.get("status")
    return BatchState(
        is_completed=status == "Completed" if status else 0 < expected <= done,
        expected_count=expected,
        results=tuple(_media(item) for item in _items(state, "results")),
    )


def batch_id(payload: object) -> str:
    """Read the id of a batch request that was just submitted."""
    return _text(_mapping(payload, "batch request"), "id", "batch request")


def transcript_link(payload: object) -> SignedUrl:
    """Read the signed URL of a transcript file."""
    return signed_url(_text(_mapping(payload, "transcript URL"), "url", "transcript URL"))


def organization(payload: object) -> Organization:
    """Read who a token belongs to."""
    token = _mapping(payload, "token info")
    org = _mapping(token.get("organization"), "token info")
    return Organization(_text(org, "id", "organization"), str(org.get("name") or ""))


def batch_url_lifetime_s(payload: object) -> int:
    """Read how long the URLs of a batch request live; settings are in minutes, default 60."""
    minutes = _mapping(payload, "recording settings").get("recordingBatchDownloadUrlTtl")
    return 60 * (minutes if isinstance(minutes, int) and minutes > 0 else 60)


def limit(payload: object, key: str) -> int | None:
    """Read one limit of a limits namespace; None when it is not listed."""
    for item in _items(_mapping(payload, "limits"), "entities"):
        if item.get("key") == key and isinstance(item.get("value"), int | float):
            return int(item["value"])
    return None


def error_text(payload: object) -> str:
    """Return code and message of a platform error; empty for anything else."""
    if not isinstance(payload, Mapping):
        return ""
    return ": ".join(str(payload[name]) for name in ("code", "message") if payload.get(name))


def _conversation(item: Json) -> Conversation:
    participants = list(_items(item, "participants"))
    sessions = [s for p in participants for s in _items(p, "sessions")]
    return Conversation(
        id=_id(item, "conversationId", "conversation"),
        start=_instant(item, "conversationStart", "conversation"),
        end=_optional_instant(item, "conversationEnd"),
        direction=item.get("originatingDirection"),
        queue_id=_handling_queue(participants),
        agent_ids=_agent_ids(participants),
        participant_count=len(participants),
        codecs=frozenset(_codecs(sessions)),
        is_recorded=any(session.get("recording") is True for session in sessions),
    )


def _handling_queue(participants: list[Json]) -> str | None:
    queues = (
        segment["queueId"]
        for participant in participants
        if participant.get("purpose") in _AGENTS
        for session in _items(participant, "sessions")
        for segment in _items(session, "segments")
        if segment.get("segmentType") == "interact" and segment.get("queueId")
    )
    return next(queues, None)


def _agent_ids(participants: list[Json]) -> tuple[str, ...]:
    agents = [p for p in participants if p.get("purpose") in _AGENTS]
    return tuple(dict.fromkeys(p["userId"] for p in agents if p.get("userId")))


def _codecs(sessions: list[Json]) -> Iterator[str]:
    for session in sessions:
        if session.get("mediaType") == _VOICE:
            for stats in _items(session, "mediaEndpointStats"):
                yield from (str(codec).lower() for codec in stats.get("codecs") or ())


def _recording(item: Json, conversation_id: str) -> Recording:
    return Recording(
        id=_id(item, "id", "recording"),
        conversation_id=conversation_id,
        communication_id=_id(item, "sessionId", "recording") if item.get("sessionId") else None,
        media=str(item.get("media") or "unknown"),
        media_subtype=item.get("mediaSubtype"),
        file_state=str(item.get("fileState") or "UNKNOWN"),
        archive_time=_optional_instant(item, "archiveDate"),
        delete_time=_optional_instant(item, "deleteDate"),
    )


def _media(item: Json) -> Media:
    url = item.get("resultUrl")
    return Media(
        conversation_id=str(item.get("conversationId") or ""),
        recording_id=str(item.get("recordingId") or ""),
        url=signed_url(url) if url else None,
        content_type=str(item.get("contentType") or "").partition(";")[0].strip().lower(),
        has_error=bool(item.get("errorMsg")) or not url,
    )


def _mapping(value: object, what: str) -> Json:
    if not isinstance(value, Mapping):
        raise MalformedPayload(what, "is not an object")
    return value


def _items(owner: Json, name: str) -> Iterator[Json]:
    value = owner.get(name) or []
    if not isinstance(value, list):
        raise MalformedPayload(name, "is not a list")
    for item in value:
        yield _mapping(item, name)


def _text(owner: Json, name: str, what: str) -> str:
    value = owner.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedPayload(what, f"has no {name}")
    return value


def _id(owner: Json, name: str, what: str) -> str:
    """Ids become file names: anything but a lower-case UUID is refused."""
    value = _text(owner, name, what)
    if not is_id(value):
        raise MalformedPayload(what, f"{name} is not a lower-case UUID")
    return value


def _optional_instant(owner: Json, name: str) -> datetime | None:
    return _instant(owner, name, name) if owner.get(name) else None


def _instant(owner: Json, name: str, what: str) -> datetime:
    try:
        instant = datetime.fromisoformat(_text(owner, name, what))
    except ValueError:
        raise MalformedPayload(what, f"{name} is not an instant") from None
    if instant.tzinfo is None:
        raise MalformedPayload(what, f"{name} has no time zone")
    return instant.astimezone(UTC)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
