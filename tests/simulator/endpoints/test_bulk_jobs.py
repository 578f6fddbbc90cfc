"""A recording job is counted first, then started, and exports as the bucket of the integration."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline.simulator.options import EVERY_PERMISSION
from recordings_pipeline.simulator.server import Simulator
from tests.conftest import Start
from tests.simulator.raw import DAY, INTERVAL, Caller, caller, fetch, link, told

JOBS = "/api/v2/recording/jobs"
NOW = datetime(2026, 2, 5, tzinfo=UTC)
EXPORT = {
    "action": "EXPORT",
    "integrationId": "11111111-0000-4000-8000-000000000000",
    "conversationQuery": {"interval": INTERVAL},
}


@pytest.fixture
def me(start: Start, tmp_path: Path) -> Caller:
    simulator = start(
        now=NOW,
        calls_per_day=6,
        permissions=EVERY_PERMISSION,
        other_clients=(EVERY_PERMISSION,),
        export_folder=str(tmp_path),
    )
    return caller(simulator)


def put(me: Caller, job: str) -> Any:  # noqa: ANN401 (JSON)
    return me.send(f"{JOBS}/{job}", b'{"state":"PROCESSING"}', method="PUT")


def ready(me: Caller, query: dict[str, Any]) -> str:
    job = str(me.post(JOBS, query).json["id"])
    while me.get(f"{JOBS}/{job}").json["state"] != "READY":
        pass
    return job


def test_an_export_is_laid_out_like_the_bucket(me: Caller, tmp_path: Path) -> None:
    job = ready(me, EXPORT)
    assert not list(tmp_path.iterdir())

    put(me, job)

    call = told(me.simulator)
    start = call.start
    folder = tmp_path / me.simulator.world.organization_id / f"year={start.year}"
    folder /= f"month={start.month}/day={start.day}/hour={start.hour}"
    folder /= f"conversation_id={call.conversation_id}"
    file = folder / f"{call.recording_id}.wav"
    described = json.loads((folder / f"{file.name}_metadata.json").read_text())
    assert file.read_bytes() == me.simulator.media(str(call.recording_id))
    assert described["mediaType"] == "Call"
    assert described["recordingId"] == call.recording_id


def test_a_job_says_what_it_will_do_before_it_is_started_and_what_it_did(me: Caller) -> None:
    job = me.post(JOBS, EXPORT).json["id"]
    states, answers = list[str](), list[dict[str, Any]]()
    while not states or states[-1] != "FULFILLED":
        answers.append(me.get(f"{JOBS}/{job}").json)
        states.append(answers[-1]["state"])
        if states[-1] == "READY":
            assert put(me, job).json["state"] == "PROCESSING"

    assert states == ["PENDING", "READY", "FULFILLED"]
    assert "totalRecordings" not in answers[0]
    assert answers[1]["totalRecordings"] == answers[2]["totalProcessedRecordings"] > 0


def test_a_job_that_is_not_counted_cannot_be_started(me: Caller) -> None:
    assert put(me, me.post(JOBS, EXPORT).json["id"]).status == 400


def test_only_two_jobs_wait_or_run(me: Caller) -> None:
    seen = [me.post(JOBS, EXPORT).status for _ in range(3)]

    assert seen == [202, 202, 400]


def test_only_its_creator_starts_a_job(me: Caller) -> None:
    job = ready(me, EXPORT)

    assert put(caller(me.simulator, 1), job).status == 403
    assert put(me, job).status == 200


def test_what_was_deleted_is_gone_with_its_transcript(me: Caller) -> None:
    call = told(me.simulator)
    url = link(me.simulator, call)

    put(me, ready(me, {**EXPORT, "action": "DELETE"}))

    base = f"/api/v2/conversations/{call.conversation_id}/recordingmetadata"
    leg = f"conversations/{call.conversation_id}/communications/{call.communication_id}"
    assert {item["fileState"] for item in me.get(base).json} == {"DELETED"}
    assert me.get(f"/api/v2/speechandtextanalytics/{leg}/transcripturl").status == 404
    assert fetch(url).status == 404


def test_sensitive_recordings_take_part_only_when_asked_for(start: Start) -> None:
    me = caller(start(world="small", calls_per_day=None, now=NOW, permissions=EVERY_PERMISSION))
    more = {**EXPORT, "includeRecordingsWithSensitiveData": True}
    counts = [me.get(f"{JOBS}/{ready(me, q)}").json["totalRecordings"] for q in (EXPORT, more)]

    assert counts[1] - counts[0] == sensitive(me.simulator) > 0


def sensitive(simulator: Simulator) -> int:
    calls = simulator.world.calls(DAY)
    return sum(found.is_sensitive for call in calls for found in call.recordings)
