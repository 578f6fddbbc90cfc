"""The platform's JSON, read into our values: the only place that knows its field names.

Tolerant where the platform changes (unknown fields and enum words pass, absent lists are empty),
strict where a mistake would lose a recording: no id, no instant, no list where one is promised.

Source: the models of the official Python SDK 269.0.0.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.fields import (
    Json,
    count,
    id_of,
    items,
    mapping,
    optional_instant,
    optional_text,
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
_URL = re.compile(r"[!-~]{1,16000}")
_MOST_LIMIT = 10**9


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
    expected, done = count(state, "expectedResultCount"), count(state, "resultCount")
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
    return UploadReport(
        id=text(report, "id", "upload report"),
        is_over=report.get("state") in ("Completed", "Failed"),
        url=_link(report.get("signedUrl")),
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
    following = parse_qs(_query(optional_text(page, "nextUri") or "") or "").get("cursor")
    return found, following[-1] if following else None


def orphans_page(payload: object) -> tuple[list[Orphan], int]:
    """Read one page of orphan recordings as (orphans, number of pages).

    An optional cross-check fails nobody's day: what is odd about one is read as not known.
    """
    page = mapping(payload, "orphan recordings")
    found = [_orphan(item) for item in items(page, "entities") if item.get("id")]
    return found, count(page, "pageCount") or 1


def names_page(payload: object) -> tuple[dict[str, str], int]:
    """Read one page of users, queues or divisions as (name by id, number of pages)."""
    page = mapping(payload, "listing")
    found = {
        str(item["id"]): str(item["name"])
        for item in items(page, "entities")
        if item.get("id") and item.get("name")
    }
    return found, count(page, "pageCount") or 1


def transcript_links(payload: object) -> dict[str, SignedUrl]:
    """Read the signed URLs of a communication's transcript files, by recording."""
    what = "transcript URLs"
    found = {}
    for item in items(mapping(payload, what), "urls"):
        link = _link(item.get("url"))
        if link is None:
            raise MalformedPayload(what, "has no url")
        found[id_of(mapping(item.get("recording"), what), "id", what)] = link
    return found


def organization(payload: object) -> Organization:
    """Read who a token belongs to."""
    token = mapping(payload, "token info")
    org = mapping(token.get("organization"), "token info")
    return Organization(text(org, "id", "organization"), str(org.get("name") or ""))


def batch_url_lifetime_s(payload: object) -> int:
    """Read how long the URLs of a batch request live; settings are in minutes, default 60."""
    minutes = count(mapping(payload, "recording settings"), "recordingBatchDownloadUrlTtl")
    return 60 * (minutes or 60)


def limit(payload: object, key: str) -> int | None:
    """Read one limit of a limits namespace; None when it is not listed."""
    for item in items(mapping(payload, "limits"), "entities"):
        value = item.get("value")
        if item.get("key") == key and isinstance(value, int | float) and 0 <= value <= _MOST_LIMIT:
            return int(value)
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
        media_subtype=optional_text(item, "mediaSubtype"),
        file_state=str(item.get("fileState") or "UNKNOWN"),
        archive_time=optional_instant(item, "archiveDate"),
        delete_time=optional_instant(item, "deleteDate"),
        export_time=optional_instant(item, "exportDate"),
        region=optional_text(item, "region"),
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
    url = _link(item.get("resultUrl"))
    return Media(
        conversation_id=str(item.get("conversationId") or ""),
        recording_id=str(item.get("recordingId") or ""),
        url=url,
        content_type=str(item.get("contentType") or "").partition(";")[0].strip().lower(),
        has_error=bool(item.get("errorMsg")) or url is None,
    )


def _link(value: object) -> SignedUrl | None:
    """Return a link; None for what no client could ask for."""
    if not isinstance(value, str) or not _URL.fullmatch(value) or _query(value) is None:
        return None
    return signed_url(value)


def _query(url: str) -> str | None:
    """Return the query of an address; None for what is no address."""
    try:
        return urlsplit(url).query
    except ValueError:
        return None
