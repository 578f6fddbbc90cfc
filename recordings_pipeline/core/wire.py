"""The platform's JSON, read into our values: the only place that knows its field names.

Tolerant where the platform changes (unknown fields and enum words pass, absent lists are empty),
strict where a mistake would lose a recording: no id, no instant, no list where one is promised.

Source: the models of the official Python SDK 269.0.0.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.fields import (
    Json,
    id_of,
    items,
    mapping,
    optional_instant,
    text,
)
from recordings_pipeline.core.layout import is_id
from recordings_pipeline.core.model import (
    BatchState,
    Media,
    Organization,
    Recording,
    Retained,
    UploadReport,
)
from recordings_pipeline.core.orphans import Orphan
from recordings_pipeline.core.pauses import pauses_from
from recordings_pipeline.core.secrets import SignedUrl, signed_url

# Where an orphan calls a medium otherwise than a recording does.
_ORPHAN_MEDIA = {"call": "audio"}


def recordings(payload: object, conversation_id: str) -> list[Recording]:
    """Read the answer of ``recordingmetadata``, in the order of the platform."""
    if not isinstance(payload, list):
        raise MalformedPayload("recording metadata", "is not a list")
    return [_recording(mapping(item, "recording"), conversation_id) for item in payload]


def batch_state(payload: object) -> BatchState:
    """Read the state of a batch request.

    Answers from before SDK 217.0.0 have no ``status``: then the counts decide, and 0 of 0 is the
    state right after submission, not the end.
    """
    state = mapping(payload, "batch request")
    expected, done = state.get("expectedResultCount") or 0, state.get("resultCount") or 0
    status = state.get("status")
    return BatchState(
        is_completed=status == "Completed" if status else 0 < expected <= done,
        expected_count=expected,
        results=tuple(_media(item) for item in items(state, "results")),
    )


def batch_id(payload: object) -> str:
    """Read the id of a batch request that was just submitted."""
    return text(mapping(payload, "batch request"), "id", "batch request")


def upload_report(payload: object) -> UploadReport:
    """Read the state of a report on uploads."""
    report = mapping(payload, "upload report")
    url = report.get("signedUrl")
    return UploadReport(
        id=text(report, "id", "upload report"),
        is_over=report.get("state") in ("Completed", "Failed"),
        url=signed_url(url) if isinstance(url, str) and url else None,
    )


def retained_page(payload: object) -> tuple[list[Retained], str | None]:
    """Read one page of the retention query as (recordings, cursor of the next page or None)."""
    page = mapping(payload, "retention query")
    found = [
        Retained(
            recording_id=id_of(item, "recordingId", "retention query"),
            conversation_id=id_of(item, "conversationId", "retention query"),
            created=optional_instant(item, "creationTime"),
            archive_time=optional_instant(item, "archiveDate"),
            delete_time=optional_instant(item, "deleteDate"),
        )
        for item in items(page, "entities")
    ]
    following = parse_qs(urlsplit(str(page.get("nextUri") or "")).query).get("cursor")
    return found, following[-1] if following else None


def orphans_page(payload: object) -> tuple[list[Orphan], int]:
    """Read one page of orphan recordings as (orphans, number of pages).

    An optional cross-check fails nobody's day: what is odd about one is read as not known.
    """
    page = mapping(payload, "orphan recordings")
    pages = page.get("pageCount")
    found = [_orphan(item) for item in items(page, "entities") if item.get("id")]
    return found, pages if isinstance(pages, int) else 1


def names_page(payload: object) -> tuple[dict[str, str], int]:
    """Read one page of users, queues or divisions as (name by id, number of pages)."""
    page = mapping(payload, "listing")
    pages = page.get("pageCount")
    found = {
        str(item["id"]): str(item["name"])
        for item in items(page, "entities")
        if item.get("id") and item.get("name")
    }
    return found, pages if isinstance(pages, int) else 1


def transcript_links(payload: object) -> dict[str, SignedUrl]:
    """Read the signed URLs of a communication's transcript files, by recording."""
    what = "transcript URLs"
    return {
        id_of(mapping(item.get("recording"), what), "id", what): signed_url(text(item, "url", what))
        for item in items(mapping(payload, what), "urls")
    }


def organization(payload: object) -> Organization:
    """Read who a token belongs to."""
    token = mapping(payload, "token info")
    org = mapping(token.get("organization"), "token info")
    return Organization(text(org, "id", "organization"), str(org.get("name") or ""))


def batch_url_lifetime_s(payload: object) -> int:
    """Read how long the URLs of a batch request live; settings are in minutes, default 60."""
    minutes = mapping(payload, "recording settings").get("recordingBatchDownloadUrlTtl")
    return 60 * (minutes if isinstance(minutes, int) and minutes > 0 else 60)


def limit(payload: object, key: str) -> int | None:
    """Read one limit of a limits namespace; None when it is not listed."""
    for item in items(mapping(payload, "limits"), "entities"):
        if item.get("key") == key and isinstance(item.get("value"), int | float):
            return int(item["value"])
    return None


def error_text(payload: object) -> str:
    """Return code and message of a platform error; empty for anything else."""
    if not isinstance(payload, Mapping):
        return ""
    return ": ".join(str(payload[name]) for name in ("code", "message") if payload.get(name))


def _recording(item: Json, conversation_id: str) -> Recording:
    return Recording(
        id=id_of(item, "id", "recording"),
        conversation_id=conversation_id,
        communication_id=id_of(item, "sessionId", "recording") if item.get("sessionId") else None,
        media=str(item.get("media") or "unknown"),
        media_subtype=item.get("mediaSubtype"),
        file_state=str(item.get("fileState") or "UNKNOWN"),
        archive_time=optional_instant(item, "archiveDate"),
        delete_time=optional_instant(item, "deleteDate"),
        export_time=optional_instant(item, "exportDate"),
        region=item.get("region"),
        pauses=pauses_from(item.get("annotations")),
    )


def _orphan(item: Json) -> Orphan:
    held = item.get("recording")
    recording = held if isinstance(held, Mapping) else {}
    media = str(item.get("mediaType") or "unknown").lower()
    return Orphan(
        id=str(item["id"]),
        conversation_id=_id_or_none(recording, "conversationId"),
        communication_id=_id_or_none(recording, "sessionId"),
        recording_id=_id_or_none(recording, "id"),
        media=_ORPHAN_MEDIA.get(media, media),
        created=_instant_or_none(item, "createdTime") or _instant_or_none(recording, "startTime"),
        file_state=str(item.get("fileState") or "UNKNOWN"),
    )


def _id_or_none(owner: Json, name: str) -> str | None:
    value = owner.get(name)
    return value if isinstance(value, str) and is_id(value) else None


def _instant_or_none(owner: Json, name: str) -> datetime | None:
    try:
        return optional_instant(owner, name)
    except MalformedPayload:
        return None


def _media(item: Json) -> Media:
    url = item.get("resultUrl")
    return Media(
        conversation_id=str(item.get("conversationId") or ""),
        recording_id=str(item.get("recordingId") or ""),
        url=signed_url(url) if url else None,
        content_type=str(item.get("contentType") or "").partition(";")[0].strip().lower(),
        has_error=bool(item.get("errorMsg")) or not url,
    )
