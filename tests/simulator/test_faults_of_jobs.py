"""What comes late, never, or with URLs that are no good."""

import time
from typing import Any

import pytest

from recordings_pipeline.simulator.call import Call
from tests.simulator.raw import DAY, INTERVAL, Caller, Seen, fetch, shows, told

Json = Any
JOBS_AT = "/api/v2/analytics/conversations/details/jobs"
BATCHES = "/api/v2/recording/batchrequests"


def metadata(me: Caller) -> Seen:
    return me.get(f"/api/v2/conversations/{told(me.simulator).conversation_id}/recordingmetadata")


def transcript_url(me: Caller) -> str:
    call = told(me.simulator)
    speech = "/api/v2/speechandtextanalytics/conversations"
    leg = f"communications/{call.communication_id}"
    return f"{speech}/{call.conversation_id}/{leg}/transcripturl"


def exportable(me: Caller) -> list[Call]:
    return [call for call in me.simulator.world.calls(DAY) if call.is_exportable][:4]


def submitted(me: Caller) -> str:
    """Request a batch of four recordings and return its address."""
    items = [{"conversationId": call.conversation_id} for call in exportable(me)]
    seen = me.post(BATCHES, {"batchDownloadRequestList": items})
    return f"{BATCHES}/{seen.json['id']}"


def done(me: Caller, path: str) -> Json:
    """Poll until everything is there; a platform that says nothing of it is asked ten times."""
    for _ in range(10):
        found = me.get(path).json
        if found.get("status", "Completed") == "Completed" and found["results"]:
            return found
    return found


JOBS = {"failed-jobs": ["FAILED"] * 3, "expired-jobs": ["QUEUED", "PENDING", "EXPIRED"]}


@shows(*JOBS)
@pytest.mark.parametrize("name", JOBS)
def test_a_job_comes_to_nothing(me: Caller, name: str) -> None:
    me.plan(name)

    hit = states(me)
    fired = me.fired()
    me.plan("")
    good = states(me)

    assert hit == JOBS[name]
    assert good == ["QUEUED", "PENDING", "FULFILLED"]
    assert fired == {name: sum(state in ("FAILED", "EXPIRED") for state in hit)}


def states(me: Caller) -> list[str]:
    job = me.post(JOBS_AT, {"interval": INTERVAL}).json["jobId"]
    return [me.get(f"{JOBS_AT}/{job}").json["state"] for _ in range(3)]


@shows("hidden-recordings")
def test_a_hidden_recording_is_listed_once_the_plan_is_over(me: Caller) -> None:
    me.plan("hidden-recordings")

    hit = [metadata(me).json for _ in range(3)]
    me.plan("")
    good = metadata(me).json

    assert hit == [good[1:]] * 3
    assert len(good) >= 1


@shows("late-recordings")
def test_a_recording_is_listed_only_when_asked_for_again(me: Caller) -> None:
    me.suffer("late-recordings")

    hit, good = metadata(me).json, metadata(me).json

    assert hit == good[1:]
    assert len(good) >= 1
    assert me.fired() == {"late-recordings": 1}


def test_a_batch_leaves_late_recordings_out(me: Caller) -> None:
    me.suffer("late-recordings")

    hit, good = (done(me, submitted(me)) for _ in range(2))

    assert (hit["results"], hit["expectedResultCount"]) == ([], 0)
    assert len(good["results"]) >= 4


@shows("late-transcripts")
def test_a_transcript_is_there_only_when_asked_for_again(me: Caller) -> None:
    me.suffer("late-transcripts")

    hit, good = (me.get(transcript_url(me)) for _ in range(2))

    assert (hit.status, hit.json["code"]) == (404, "resource.not.found")
    assert fetch(good.json["url"]).json["transcripts"]
    assert me.fired() == {"late-transcripts": 1}


@shows("late-data")
def test_late_data_is_both_kinds(me: Caller) -> None:
    me.suffer("late-data")

    lists = [metadata(me).json for _ in range(2)]
    urls = [me.get(transcript_url(me)).status for _ in range(2)]

    assert lists[0] == lists[1][1:]
    assert urls == [404, 200]
    assert me.fired() == {"late-recordings": 1, "late-transcripts": 1}


@shows("batch-errors")
def test_every_third_result_is_an_error(me: Caller) -> None:
    path = submitted(me)
    me.suffer("batch-errors")

    hit, good = done(me, path)["results"], done(me, path)["results"]

    assert [("errorMsg" in result) for result in hit[:4]] == [False, False, True, False]
    assert "resultUrl" not in hit[2]
    assert all("resultUrl" in result for result in good)
    assert me.fired() == {"batch-errors": 1}


@shows("batch-stuck")
def test_a_batch_never_ends(me: Caller) -> None:
    path = submitted(me)
    me.plan("batch-stuck")

    stuck = {me.get(path).json["status"] for _ in range(8)}
    me.plan("")

    assert stuck == {"InProgress"}
    assert me.get(path).json["status"] == "Completed"


@shows("batch-without-status")
def test_a_batch_does_not_say_whether_it_is_done(me: Caller) -> None:
    path = submitted(me)
    good = done(me, path)
    me.suffer("batch-without-status")

    hit = me.get(path).json

    assert hit.keys() == good.keys() - {"status"}
    assert hit["resultCount"] == hit["expectedResultCount"] == good["resultCount"]
    assert me.fired() == {"batch-without-status": 1}


@shows("expired-urls")
def test_urls_are_over_when_they_come(me: Caller) -> None:
    me.suffer("expired-urls")
    path = submitted(me)

    hit, good = (
        [fetch(result["resultUrl"]) for result in done(me, path)["results"]] for _ in range(2)
    )

    assert {seen.status for seen in hit} == {403}
    assert all(b"Request has expired" in seen.body for seen in hit)
    assert {seen.status for seen in good} == {200}
    assert me.fired() == {"expired-urls": 1}


@shows("early-expiry")
def test_a_url_lives_two_seconds_at_most(me: Caller) -> None:
    me.suffer("early-expiry")
    began = time.monotonic()
    hit, good = (me.get(transcript_url(me)).json["url"] for _ in range(2))

    first = fetch(hit)
    while fetch(hit).status == 200 and time.monotonic() - began < 5:
        pass
    lived_s = time.monotonic() - began

    assert first.status == 200
    assert 0.9 <= lived_s <= 2.5
    assert b"Request has expired" in fetch(hit).body
    assert fetch(good).status == 200
    assert me.fired() == {"early-expiry": 1}


@shows("foreign-urls")
def test_urls_lead_where_nobody_should_go(me: Caller) -> None:
    me.suffer("foreign-urls")

    hit, good = (me.get(transcript_url(me)).json["url"] for _ in range(2))

    assert hit == "http://169.254.169.254/latest/meta-data/"
    assert good.startswith(me.simulator.media_url)
    assert me.fired() == {"foreign-urls": 1}
