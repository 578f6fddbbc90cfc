"""Conversations as analytics tells them, read into our values.

Source: ``AnalyticsConversation`` and its parts in the official Python SDK 269.0.0.
"""

from collections.abc import Iterator
from datetime import datetime

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.fields import (
    Json,
    count,
    id_of,
    instant_of,
    items,
    mapping,
    optional_instant,
    optional_text,
    text,
    texts,
)
from recordings_pipeline.core.model import Conversation
from recordings_pipeline.core.stretches import stretches_as_text, stretches_of

_AGENTS = ("agent", "user")
_CUSTOMERS = ("customer", "external")
_VOICE = "voice"
_TRANSFERS = frozenset(
    {"transfer", "consultTransfer", "conferenceTransfer", "forwardTransfer", "noAnswerTransfer"}
)


def conversations_page(payload: object) -> tuple[list[Conversation], int]:
    """Read one page of a details query as (conversations, ``totalHits``).

    An empty page has no ``conversations`` member at all.
    """
    page = mapping(payload, "details query")
    # Of nothing at all the platform may say nothing; what it tells of, it has to have counted.
    total = page.get("totalHits", None if "conversations" in page else 0)
    if type(total) is not int or total != count(page, "totalHits"):
        raise MalformedPayload("details query", "totalHits is not a count")
    return [_conversation(item) for item in items(page, "conversations")], total


def named_conversations(payload: object) -> list[Conversation]:
    """Read the answer about conversations that were asked for by their ids; it counts nothing."""
    return [
        _conversation(item) for item in items(mapping(payload, "details by id"), "conversations")
    ]


def job_page(payload: object) -> tuple[list[Conversation], str | None]:
    """Read one page of a details job's results as (conversations, cursor or None)."""
    page = mapping(payload, "details job results")
    found = [_conversation(item) for item in items(page, "conversations")]
    return found, str(page["cursor"]) if page.get("cursor") else None


def job_id(payload: object) -> str:
    """Read the id of a details job that was just submitted."""
    return text(mapping(payload, "details job"), "jobId", "details job")


def job_state(payload: object) -> str:
    """Read the state of a details job, such as ``QUEUED`` or ``FULFILLED``."""
    return text(mapping(payload, "details job"), "state", "details job")


def available_until(payload: object) -> datetime | None:
    """Read the instant before which the data lake is complete; None when it does not say."""
    return optional_instant(mapping(payload, "job availability"), "dataAvailabilityDate")


def _conversation(item: Json) -> Conversation:
    participants = list(items(item, "participants"))
    sessions = [session for found in participants for session in items(found, "sessions")]
    customer = next(_sessions_of(participants, _CUSTOMERS), {})
    return Conversation(
        id=id_of(item, "conversationId", "conversation"),
        start=instant_of(item, "conversationStart", "conversation"),
        end=optional_instant(item, "conversationEnd"),
        medium=str(customer.get("mediaType") or _VOICE),
        direction=optional_text(item, "originatingDirection"),
        division_ids=texts(item, "divisionIds"),
        queue_id=_handling_queue(participants),
        agent_ids=_agent_ids(participants),
        participant_count=len(participants),
        leg_count=len(sessions),
        transfer_count=_transfer_count(participants),
        hold_ms=_hold_ms(participants),
        wrap_up_code=_wrap_up_code(participants),
        ani=optional_text(customer, "ani"),
        dnis=optional_text(customer, "sessionDnis") or optional_text(customer, "dnis"),
        codecs=frozenset(_codecs(sessions)),
        recorded_ids=tuple(dict.fromkeys(_recorded(sessions))),
        has_snippet=any(session.get("snippetRecording") is True for session in sessions),
        stretches=stretches_as_text(stretches_of(participants)),
    )


def _sessions_of(participants: list[Json], purposes: tuple[str, ...]) -> Iterator[Json]:
    for participant in participants:
        if participant.get("purpose") in purposes:
            yield from items(participant, "sessions")


def _segments_of(participants: list[Json], kind: str) -> Iterator[Json]:
    for session in _sessions_of(participants, _AGENTS):
        yield from (s for s in items(session, "segments") if s.get("segmentType") == kind)


def _handling_queue(participants: list[Json]) -> str | None:
    talks = _segments_of(participants, "interact")
    return next((str(talk["queueId"]) for talk in talks if talk.get("queueId")), None)


def _agent_ids(participants: list[Json]) -> tuple[str, ...]:
    agents = [found for found in participants if found.get("purpose") in _AGENTS]
    return tuple(dict.fromkeys(str(a["userId"]) for a in agents if a.get("userId")))


def _transfer_count(participants: list[Json]) -> int:
    """Count legs of agents that were left by a transfer."""
    return sum(
        any(segment.get("disconnectType") in _TRANSFERS for segment in items(session, "segments"))
        for session in _sessions_of(participants, _AGENTS)
    )


def _hold_ms(participants: list[Json]) -> int | None:
    """Add up holds that have ended; None without any."""
    spans = [
        end - instant_of(hold, "segmentStart", "segment")
        for hold in _segments_of(participants, "hold")
        if (end := optional_instant(hold, "segmentEnd")) is not None
    ]
    return round(sum(span.total_seconds() for span in spans) * 1_000) if spans else None


def _wrap_up_code(participants: list[Json]) -> str | None:
    codes = [found.get("wrapUpCode") for found in _segments_of(participants, "wrapup")]
    return next((str(code) for code in reversed(codes) if code), None)


def _recorded(sessions: list[Json]) -> Iterator[str]:
    for session in sessions:
        if session.get("recording") is True:
            # Without it, a recording that does not come would be missed by nobody.
            yield id_of(session, "sessionId", "recorded session")


def _codecs(sessions: list[Json]) -> Iterator[str]:
    for session in sessions:
        if session.get("mediaType") == _VOICE:
            for stats in items(session, "mediaEndpointStats"):
                yield from (codec.lower() for codec in texts(stats, "codecs"))
