"""Batch requests: discovered little by little, readable by their creator only."""

from collections.abc import Iterator
from typing import Any

from recordings_pipeline.simulator.asking import Answer, Ask, Json, Refusal, bad, missing
from recordings_pipeline.simulator.call import Call, Recording
from recordings_pipeline.simulator.contents import content_type_of
from recordings_pipeline.simulator.options import SENSITIVE
from recordings_pipeline.simulator.state import Job

KIND = "batch"
MOST_ITEMS = 100
# Discovery shows nothing at the first poll, half at the second, all at the third; what is in the
# archive takes two polls more.
_READY_AT, _ARCHIVE_POLLS = 3, 2


def submit_batch(ask: Ask) -> Answer:
    """Take up to a hundred conversations and return the id of the request."""
    items = ask.body.get("batchDownloadRequestList")
    if not isinstance(items, list) or not items:
        raise bad("The request list is missing or empty.", "batch.download.bad.request")
    if len(items) > MOST_ITEMS:
        raise bad("More than 100 items were requested.", "batch.download.too.many.items")
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("conversationId"), str):
            raise bad("An item has no conversationId.", "batch.download.bad.request")
    calls = [_call(ask, item["conversationId"]) for item in items]
    if any(call is not None and call.has("refused") for call in calls):
        raise bad("An item cannot be processed.", "batch.download.bad.request")
    number = ask.site.state.add({"batches": 1})["batches"]
    batch_id = ask.site.name("batch", number)
    hidden = [item["conversationId"] for item in items] if ask.suffers("hide") else []
    ask.site.state.keep_job(Job(batch_id, KIND, ask.client, {"items": items, "hidden": hidden}, 0))
    return Answer({"id": batch_id, "selfUri": f"/api/v2/recording/batchrequests/{batch_id}"})


def poll_batch(ask: Ask) -> Answer:
    """Return the state of a request after one more poll."""
    job = ask.site.state.polled(KIND, ask.uuid("job"))
    if job is None:
        raise missing("job", "batch.download.job.not.found")
    if job.client != ask.client:
        raise Refusal(403, "batch.download.permission.denied", "Somebody else requested it.")
    results = list(_results(ask, job))
    needed = _READY_AT + _ARCHIVE_POLLS * any(found["is_archived"] for found in results)
    is_done = job.polls >= needed and not ask.suffers("stuck")
    shown = results if is_done else []
    expected = len(results) if is_done else (0 if job.polls == 1 else -(-len(results) // 2))
    found: dict[str, Json] = {
        "id": job.id,
        "jobId": job.id,
        "expectedResultCount": expected,
        "resultCount": len(shown) if is_done else expected // 2,
        "errorCount": sum("errorMsg" in result["answer"] for result in shown),
        "status": "Completed" if is_done else "InProgress",
        "results": [result["answer"] for result in shown],
        "selfUri": f"/api/v2/recording/batchrequests/{job.id}",
    }
    return Answer(found)


def _call(ask: Ask, conversation_id: str) -> Call | None:
    call = ask.site.world.find(conversation_id)
    return call if call is not None and call.conversation_id == conversation_id else None


def _results(ask: Ask, job: Job) -> Iterator[dict[str, Any]]:
    hidden = set(job.body["hidden"])
    for item in job.body["items"]:
        call = _call(ask, item["conversationId"])
        if call is None:
            answer = {
                "conversationId": item["conversationId"],
                "errorMsg": "The conversation was not found.",
            }
            yield {"answer": answer, "is_archived": False}
            continue
        for recording in ask.site.recordings(call):
            wanted = item.get("recordingId") in (None, recording.id)
            if wanted and not (call.conversation_id in hidden and recording.kind == "recording"):
                yield from _of_recording(ask, call, recording)


def _of_recording(ask: Ask, call: Call, recording: Recording) -> Iterator[dict[str, Any]]:
    """Yield a result per file; sensitive ones are left out where the permission is missing."""
    if recording.is_sensitive and not ask.may(SENSITIVE):
        return
    state = ask.site.file_state(recording, call)
    common = {"conversationId": call.conversation_id, "recordingId": recording.id}
    if state not in ("AVAILABLE", "ARCHIVED", "RESTORED"):
        problem = {
            "DELETED": "The recording has been deleted.",
            "ERROR": "The recording could not be stored.",
        }.get(state, "The recording is not ready.")
        yield {"answer": {**common, "errorMsg": problem}, "is_archived": False}
        return
    for number in range(1, recording.file_count + 1):
        answer = {
            **common,
            "resultUrl": ask.site.link(
                f"/media/{recording.id}/{number}", ask.site.options.url_lifetime_s
            ),
            "contentType": content_type_of(recording),
        }
        yield {"answer": answer, "is_archived": state == "ARCHIVED"}
