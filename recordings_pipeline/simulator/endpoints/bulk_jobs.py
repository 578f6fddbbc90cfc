"""Recording jobs: EXPORT to a folder laid out like the S3 integration's bucket, DELETE, ARCHIVE."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from recordings_pipeline.simulator.asking import (
    Answer,
    Ask,
    Json,
    Refusal,
    bad,
    instant,
    missing,
    page_of,
)
from recordings_pipeline.simulator.call import Call, Recording
from recordings_pipeline.simulator.contents import extension_of, media_of
from recordings_pipeline.simulator.endpoints.analytics import days_touched, interval_of
from recordings_pipeline.simulator.endpoints.jobs_query import jobs_query
from recordings_pipeline.simulator.filters import matching
from recordings_pipeline.simulator.site import CHANGED, Site
from recordings_pipeline.simulator.state import Job

KIND = "recording job"
STATES = ("FULFILLED", "PENDING", "READY", "PROCESSING", "CANCELLED", "FAILED")
MOST_ACTIVE = 2
_READY_AT = 2
_MOST_PAGE_SIZE = 100
_MEDIA = {"audio": "Call", "chat": "Chat", "email": "Email", "message": "Message"}


def submit_job(ask: Ask) -> Answer:
    """Take a job; it counts first and waits to be started."""
    query = jobs_query(ask.body)
    start, _ = interval_of(query["conversationQuery"])
    matching(ask.site, start.date(), ask.body["conversationQuery"])
    active = [j for j in ask.site.state.jobs(KIND) if j.body["state"] in ("PENDING", "PROCESSING")]
    if len(active) >= MOST_ACTIVE:
        raise bad(f"At most {MOST_ACTIVE} jobs may be pending or processing.")
    number = ask.site.state.add({"recording jobs": 1})["recording jobs"]
    body = {
        "query": query,
        "state": "PENDING",
        "number": number,
        "created": instant(ask.site.now()),
    }
    job = Job(ask.site.name("recording job", number), KIND, ask.client, body, polls=0)
    ask.site.state.keep_job(job)
    return Answer(_shown(ask, job), 202)


def list_jobs(ask: Ask) -> Answer:
    """List jobs, newest first."""
    wanted = ask.text("state")
    if wanted is not None and wanted not in STATES:
        raise bad(f"state is one of {', '.join(STATES)}.", "invalid.value")
    jobs = sorted(ask.site.state.jobs(KIND), key=lambda job: -int(job.body["number"]))
    shown = [_shown(ask, job) for job in jobs if wanted in (None, job.body["state"])]
    return Answer(page_of(shown, ask, most=_MOST_PAGE_SIZE))


def one_job(ask: Ask) -> Answer:
    """Return a job; asking moves it on: counted, then, once started, done."""
    return Answer(_shown(ask, _moved_on(ask, _job(ask))))


def start_job(ask: Ask) -> Answer:
    """Start a job that is ready; only its creator may."""
    job = _job(ask)
    if ask.body.get("state") != "PROCESSING":
        raise bad("state is PROCESSING.", "invalid.value")
    if job.body["state"] != "READY":
        raise bad(f"The job is {job.body['state']}, not READY.")
    _act(ask.site, job)
    job.body["state"] = "PROCESSING"
    ask.site.state.keep_job(job)
    return Answer(_shown(ask, job))


def cancel_job(ask: Ask) -> Answer:
    """Cancel a job."""
    job = _job(ask)
    job.body["state"] = "CANCELLED"
    ask.site.state.keep_job(job)
    return Answer(status=204)


def failed_recordings(ask: Ask) -> Answer:
    """List what a job could not do: recordings that never were stored."""
    job = _job(ask)
    failed = [
        {"conversation": {"id": call.conversation_id}, "recording": {"id": recording.id}}
        for call, recording in _chosen(ask.site, job.body["query"])
        if ask.site.file_state(recording, call) == "ERROR"
    ]
    return Answer(page_of(failed, ask, most=_MOST_PAGE_SIZE))


def _moved_on(ask: Ask, job: Job) -> Job:
    state = job.body["state"]
    if state == "PENDING" and job.polls >= _READY_AT:
        job.body["state"] = "READY"
    elif state == "PROCESSING":
        job.body["state"] = "FULFILLED"
    ask.site.state.keep_job(job)
    return job


def _act(site: Site, job: Job) -> None:
    """Do what a job is for."""
    query = job.body["query"]
    for call, recording in _chosen(site, query):
        state = site.file_state(recording, call)
        if query["action"] == "EXPORT" and site.options.export_folder and recording.is_exportable:
            _export(site, Path(site.options.export_folder), call, recording)
        if query["action"] == "DELETE":
            site.state.note(CHANGED, {recording.id: {"file_state": "DELETED"}})
        if query["action"] == "ARCHIVE" and state == "AVAILABLE":
            site.state.note(CHANGED, {recording.id: {"file_state": "ARCHIVED"}})


def _export(site: Site, root: Path, call: Call, recording: Recording) -> None:
    """Write a recording and its metadata as the bucket holds them."""
    start = call.start
    folder = root / site.world.organization_id / f"year={start.year}" / f"month={start.month}"
    folder = folder / f"day={start.day}" / f"hour={start.hour}"
    folder = folder / f"conversation_id={call.conversation_id}"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{recording.id}.{extension_of(recording)}"
    content = media_of(recording, 1, None)
    with (folder / name).open("wb") as file:
        for block in content.blocks(0, content.size):
            file.write(block)
    is_screen = recording.media == "screen"
    described = {
        "mediaType": "Screen" if is_screen else _MEDIA[recording.media],
        "mediaSubtype": recording.subtype,
        "provider": "Edge",
        "userIds": [leg.user_id for leg in call.legs if leg.user_id],
        "conversationId": call.conversation_id,
        "recordingId": recording.id,
        "startTime": f"{recording.start:%Y-%m-%dT%H:%M:%S}.000+0000",
        "durationMs": recording.duration_ms,
        "initialDirection": "outbound" if call.has("outbound") else "inbound",
    }
    (folder / f"{name}_metadata.json").write_text(json.dumps(described))


def _chosen(site: Site, query: dict[str, Any]) -> list[tuple[Call, Recording]]:
    """Return what a job is about; the data lake's lag applies."""
    start, end = interval_of(query["conversationQuery"])
    until = site.now() - timedelta(hours=site.options.lag_hours)
    found = []
    for day in days_touched(start, end):
        mask = matching(site, day, query["conversationQuery"])
        calls = (site.world.call(day, int(index)) for index in mask.nonzero()[0])
        found += [
            (call, recording)
            for call in calls
            if call.ended <= until
            for recording in site.recordings(call)
            if _is_wanted(recording, query)
        ]
    return found


def _is_wanted(recording: Recording, query: dict[str, Any]) -> bool:
    if recording.media == "screen" and query.get("includeScreenRecordings") is False:
        return False
    if recording.subtype == "Snippet" and query.get("includeSnippetRecordings") is False:
        return False
    return not recording.is_sensitive or bool(query.get("includeRecordingsWithSensitiveData"))


def _shown(ask: Ask, job: Job) -> dict[str, Json]:
    body = job.body
    found: dict[str, Json] = {
        "id": job.id,
        "user": {"id": job.client},
        "state": body["state"],
        "dateCreated": body["created"],
        "recordingJobsQuery": body["query"],
        "selfUri": f"/api/v2/recording/jobs/{job.id}",
    }
    if body["state"] != "PENDING":
        chosen = _chosen(ask.site, body["query"])
        done = len(chosen) if body["state"] == "FULFILLED" else 0
        found |= {
            "totalConversations": len({call.conversation_id for call, _ in chosen}),
            "totalRecordings": len(chosen),
            "totalSkippedRecordings": 0,
            "totalFailedRecordings": sum(r.file_state == "ERROR" for _, r in chosen),
            "totalProcessedRecordings": done,
            "percentProgress": 100 if body["state"] == "FULFILLED" else 0,
            "failedRecordings": f"/api/v2/recording/jobs/{job.id}/failedrecordings",
        }
    return found


def _job(ask: Ask) -> Job:
    job = ask.site.state.polled(KIND, ask.uuid("job"))
    if job is None:
        raise missing("job")
    if job.client != ask.client:
        raise Refusal(403, "not.authorized", "Somebody else created the job.")
    return job
