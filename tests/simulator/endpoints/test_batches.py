"""Batches are discovered little by little, and are nobody's business but their creator's."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.options import EVERY_PERMISSION, PERMISSIONS
from tests.conftest import Start
from tests.simulator.raw import DAY, Caller, caller

BATCHES = "/api/v2/recording/batchrequests"
NOBODY = "00000000-0000-4000-8000-000000000000"
NOW = datetime(2026, 2, 5, tzinfo=UTC)


@pytest.fixture
def odd(start: Start) -> Caller:
    """Be somebody in an organization with a bit of everything."""
    others = (PERMISSIONS, EVERY_PERMISSION)
    return caller(start(world="small", calls_per_day=None, now=NOW, other_clients=others))


def submit(me: Caller, ids: Sequence[str]) -> str:
    items = [{"conversationId": one} for one in ids]
    return str(me.post(BATCHES, {"batchDownloadRequestList": items}).json["id"])


def polled(me: Caller, batch: str) -> list[dict[str, Any]]:
    """Poll until it is done and return every answer."""
    answers: list[dict[str, Any]] = []
    while not answers or answers[-1]["status"] != "Completed":
        answers.append(me.get(f"{BATCHES}/{batch}").json)
    return answers


def having(me: Caller, trait: str) -> Call:
    return next(c for c in me.simulator.world.calls(DAY) if c.has(trait))


def plain(me: Caller) -> list[str]:
    calls = me.simulator.world.calls(DAY)
    return [c.conversation_id for c in calls if c.is_exportable and c.file_state == "AVAILABLE"][:8]


def test_counts_start_at_nothing_and_grow(odd: Caller) -> None:
    first, second, third = polled(odd, submit(odd, [*plain(odd), NOBODY]))

    assert (first["expectedResultCount"], first["resultCount"]) == (0, 0)
    assert 0 < second["expectedResultCount"] < third["expectedResultCount"]
    assert second["resultCount"] < second["expectedResultCount"]
    assert third["expectedResultCount"] == third["resultCount"] == len(third["results"])
    assert (first["results"], second["results"], third["errorCount"]) == ([], [], 1)


def test_only_who_submitted_a_batch_may_read_it(odd: Caller) -> None:
    batch = submit(odd, plain(odd))

    refused = caller(odd.simulator, 1).get(f"{BATCHES}/{batch}")

    assert (refused.status, refused.json["code"]) == (403, "batch.download.permission.denied")
    assert odd.get(f"{BATCHES}/{batch}").status == 200


def test_what_is_sensitive_is_left_out_for_who_may_not_see_it(odd: Caller) -> None:
    call = having(odd, "sensitive")
    counts = [
        polled(me, submit(me, [call.conversation_id]))[-1]["resultCount"]
        for me in (odd, caller(odd.simulator, 2))
    ]

    assert counts[0] < counts[1]


def test_two_files_are_two_results_of_one_recording(odd: Caller) -> None:
    call = having(odd, "two_files")

    results = polled(odd, submit(odd, [call.conversation_id]))[-1]["results"]

    ids = [result["recordingId"] for result in results]
    assert ids.count(call.recording_id) == 2
    assert len({result["resultUrl"] for result in results}) == len(results)


def test_what_is_archived_takes_longer(odd: Caller) -> None:
    archived = polled(odd, submit(odd, [having(odd, "archived").conversation_id]))

    assert len(archived) > len(polled(odd, submit(odd, plain(odd))))
    assert archived[-1]["errorCount"] == 0


def test_what_is_not_there_is_an_error_of_its_item(odd: Caller) -> None:
    deleted = having(odd, "deleted").conversation_id

    done = polled(odd, submit(odd, [NOBODY, deleted]))[-1]

    assert done["errorCount"] == done["resultCount"] == 2
    assert all("errorMsg" in found and "resultUrl" not in found for found in done["results"])


def test_one_recording_can_be_asked_for(odd: Caller) -> None:
    call = having(odd, "second_recording")
    item = {"conversationId": call.conversation_id, "recordingId": call.recordings[1].id}
    batch = odd.post(BATCHES, {"batchDownloadRequestList": [item]}).json["id"]

    results = polled(odd, batch)[-1]["results"]

    assert {result["recordingId"] for result in results} == {call.recordings[1].id}


def test_nobody_knows_a_batch_that_was_never_submitted(odd: Caller) -> None:
    answer = odd.get(f"{BATCHES}/{NOBODY}")

    assert (answer.status, answer.json["code"]) == (404, "batch.download.job.not.found")
