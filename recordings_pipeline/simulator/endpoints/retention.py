"""Recordings by another way than the day: retention, orphans, and uploads under way."""

from collections.abc import Iterator
from datetime import datetime, timedelta
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
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.endpoints.analytics import days_touched
from recordings_pipeline.simulator.replies.orphan import is_orphan, orphan, orphan_calls
from recordings_pipeline.simulator.replies.recording import retention
from recordings_pipeline.simulator.site import Site
from recordings_pipeline.simulator.state import Job
from recordings_pipeline.simulator.traits import ORPHANS

KIND = "upload report"
STATUSES = ("Pending", "Success", "Failure", "WaitForConversation")
DEFAULT_PAGE_SIZE, MOST_PAGE_SIZE = 25, 500
# The organization has kept recordings for so long; beyond that, retention finds nothing.
_KEPT = timedelta(days=40)
_REPORT_READY_AT = 2
_MOST_REPORT_DAYS = 31
# Only those with a known conversation are told beyond that.
MOST_ORPHANS = 500
_ORPHAN_MEDIA = ("Call", "Screen")


def retention_query(ask: Ask) -> Answer:
    """List recordings kept longer than some days, oldest first, by a cursor in ``nextUri``.

    The cursor is the day and the number of the conversation to go on from.
    """
    days = ask.integer("retentionThresholdDays", 0, most=100_000, least=0)
    if ask.text("retentionThresholdDays") is None:
        raise bad("retentionThresholdDays is required.")
    size = ask.integer("pageSize", DEFAULT_PAGE_SIZE, most=MOST_PAGE_SIZE)
    until = ask.site.now() - timedelta(days=days)
    since = ask.site.now() - _KEPT
    path = f"/api/v2/recordings/retention/query?retentionThresholdDays={days}&pageSize={size}"
    found, cursor = _kept_page(ask, (since, until), size)
    answer: dict[str, Json] = {"entities": found, "selfUri": path}
    if cursor is not None:
        answer["nextUri"] = f"{path}&cursor={cursor}"
    return Answer(answer)


def orphans(ask: Ask) -> Answer:
    """List recordings without a conversation, or those of them that say whose they are."""
    named = ask.text("hasConversation")
    if named not in (None, "true", "false"):
        raise bad("hasConversation is true or false.")
    media = ask.text("media")
    if media is not None and media not in _ORPHAN_MEDIA:
        raise bad(f"media is one of {', '.join(_ORPHAN_MEDIA)}.", "invalid.value")
    calls = list(orphan_calls(ask.site)) if media != "Screen" else []
    if named == "true":
        calls = [call for call in calls if call.has("orphaned")]
    else:
        calls = calls[:MOST_ORPHANS]
    return Answer(page_of([orphan(ask.site, call) for call in calls], ask))


def one_orphan(ask: Ask) -> Answer:
    """Return one recording without a conversation."""
    wanted = ask.uuid("orphan")
    call = ask.site.world.find(wanted)
    if call is None or call.orphan_id != wanted or not is_orphan(ask.site, call):
        raise missing("orphan recording")
    return Answer(orphan(ask.site, call))


def submit_report(ask: Ask) -> Answer:
    """Take a request for a report on uploads and return its id."""
    body = ask.body
    since = instant_of("dateSince", body.get("dateSince"))
    status = body.get("uploadStatus", "Pending")
    if status not in STATUSES:
        raise bad(f"uploadStatus is one of {', '.join(STATUSES)}.", "invalid.value")
    number = ask.site.state.add({"upload reports": 1})["upload reports"]
    report_id = ask.site.name("upload report", number)
    kept = {"since": instant(since), "status": status}
    ask.site.state.keep_job(Job(report_id, KIND, ask.client, kept, polls=0))
    return Answer(_report(report_id, "InProgress"), 202)


def poll_report(ask: Ask) -> Answer:
    """Return the state of a report; a finished one has a signed URL."""
    job = ask.site.state.polled(KIND, ask.uuid("report"))
    if job is None:
        raise missing("report")
    if job.polls < _REPORT_READY_AT:
        return Answer(_report(job.id, "InProgress"))
    link = ask.site.link(f"/reports/{job.id}", ask.site.options.url_lifetime_s)
    return Answer({**_report(job.id, "Completed"), "signedUrl": link})


def report_file(site: Site, job: Job) -> list[dict[str, Json]]:
    """Return the rows of a report: recordings by upload status since an instant."""
    since, status = instant_of("since", job.body["since"]), job.body["status"]
    since = max(since, site.now() - timedelta(days=_MOST_REPORT_DAYS))
    if since >= site.now():
        return []
    return [
        {
            "conversationId": call.conversation_id,
            "recordingId": recording.id,
            "uploadStatus": status,
            "dateCreated": instant(recording.start),
        }
        for day in days_touched(since, site.now())
        for call in site.world.calls(day)
        if since <= call.start <= site.now()
        for recording in call.recordings
        if not any(map(call.has, ("vanished", *ORPHANS)))
        and _status(site, call, site.file_state(recording, call)) == status
    ]


def _status(site: Site, call: Call, file_state: str) -> str:
    if site.is_open(call):
        return "WaitForConversation"
    if call.has("lost_upload"):
        return "Failure"
    if call.available > site.now() or file_state == "UPLOADING":
        return "Pending"
    return "Failure" if file_state == "ERROR" else "Success"


def _report(report_id: str, state: str) -> dict[str, Json]:
    return {
        "id": report_id,
        "name": f"uploads-{report_id}.json",
        "state": state,
        "selfUri": f"/api/v2/recording/uploads/reports/{report_id}",
    }


def _kept_page(
    ask: Ask, span: tuple[datetime, datetime], size: int
) -> tuple[list[dict[str, Json]], str | None]:
    start, end = span
    if start >= end:
        return [], None
    found: list[dict[str, Json]] = []
    for day, index, row in _kept(ask, days_touched(start, end), end):
        if len(found) == size:
            return found, f"{day}.{index}"
        found.append(row)
    return found, None


def _kept(ask: Ask, days: list[Any], until: datetime) -> Iterator[tuple[Any, int, dict[str, Json]]]:
    """Yield (day, number, row) from the cursor on; the number counts rows of the day."""
    cursor = ask.text("cursor") or ""
    first_day, _, text = cursor.partition(".")
    skip = whole("cursor", text, most=1 << 30, least=0) if cursor else 0
    for day in days:
        if str(day) < first_day:
            continue
        rows = (
            _row(call, recording.id)
            for call in ask.site.world.calls(day)
            if call.start <= until
            for recording in ask.site.recordings(call)
            if recording.file_state != "DELETED"
        )
        for index, row in enumerate(rows):
            if str(day) > first_day or index >= skip:
                yield day, index, row


def _row(call: Call, recording_id: str) -> dict[str, Json]:
    return {
        "conversationId": call.conversation_id,
        "recordingId": recording_id,
        "creationTime": instant(call.recording_start),
        **retention(call),
    }
