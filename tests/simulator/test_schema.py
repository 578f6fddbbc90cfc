"""Every JSON answer of the simulator is one that the official description allows."""

import json
import re

import httpx
import pytest

from recordings_pipeline.simulator.options import EVERY_PERMISSION
from recordings_pipeline.simulator.table import TABLE
from tests.conftest import Start
from tests.simulator.schema import operations, problems, problems_with
from tests.simulator.verdicts import visitor
from tests.simulator.visits import NOW, special_calls, visit_everything

LOGIN = "POST /oauth/token"
# Operations of the description that the simulator does not have, with the reason: none.
NOT_SERVED: dict[str, str] = {}
# And those it has beyond the description: a client has to be able to give its token back.
BEYOND = {"DELETE /api/v2/tokens/me"}


@pytest.mark.parametrize("world", [pytest.param("small", marks=pytest.mark.slow), "hostile"])
def test_every_answer_is_as_described(start: Start, world: str) -> None:
    simulator = start(world=world, calls_per_day=None, now=NOW, permissions=EVERY_PERMISSION)

    with visitor(simulator) as (http, verdicts):
        visit_everything(http, simulator)

    assert verdicts.problems == {}
    assert {status for _, status in verdicts.seen} <= {200, 202, 204, 404}
    # Nobody's recording is lost in the small world.
    untold = {("GET /api/v2/orphanrecordings/{orphanId}", 200)} if world == "small" else set()
    assert _successes() - verdicts.seen == untold


def test_everything_described_is_served_and_nothing_else() -> None:
    served = {f"{one.method} {_nameless(one.path)}" for one in TABLE} | {LOGIN}
    described = {f"{one.method} {_nameless(one.path)}" for one in operations().values()}

    assert described - served == NOT_SERVED.keys()
    assert served - described == BEYOND


def test_permissions_are_those_described() -> None:
    described = {
        f"{one.method} {_nameless(one.path)}": _needed(one.all_of, one.any_of)
        for one in operations().values()
        if one.name != LOGIN
    }

    needed = {
        f"{one.method} {_nameless(one.path)}": _needed(frozenset(one.all_of), frozenset(one.any_of))
        for one in TABLE
        if f"{one.method} {one.path}" not in BEYOND
    }

    assert needed == described


# Members that only third-party clients report, in files of other ages than the description's.
_OTHER_AGES = re.compile(r"\('(recordingId|offsetMs|durationMs|offsetMs', 'durationMs)'")


@pytest.mark.parametrize("world", ["small", "hostile"])
def test_a_transcript_file_is_as_described(start: Start, world: str) -> None:
    simulator = start(world=world, calls_per_day=None, now=NOW, permissions=EVERY_PERMISSION)
    files = []

    with visitor(simulator) as (http, _):
        for call in special_calls(simulator):
            told = f"/api/v2/speechandtextanalytics/conversations/{call.conversation_id}"
            url = f"{told}/communications/{call.communication_id}/transcripturl"
            link = http.get(url).json().get("url")
            files += [httpx.get(link).json()] if link else []

    found = {problem for file in files for problem in problems_with("TranscriptFile", file)}
    assert len(files) > 5
    assert [problem for problem in found if not _OTHER_AGES.search(problem)] == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("filestate", "AVAILABLE"),
        ("fileState", "FROZEN"),
        ("media", None),
        ("archiveDate", "2026-01-31T00:00:00Z"),
        ("archiveDate", "2026-02-31T00:00:00.000Z"),
        ("maxAllowedRestorationsForOrg", "10000"),
        ("annotations", [{"reason": "Coffee"}]),
    ],
    ids=["misspelt", "unknown word", "null", "seconds", "no such day", "text", "within"],
)
def test_the_judge_notices(member: str, value: object) -> None:
    good = {"id": "x", "startTime": None, "archiveDate": "2026-01-31T00:00:00.000Z"}
    operation = operations()["GET /api/v2/conversations/{conversationId}/recordingmetadata"]

    assert problems(operation, 200, json.dumps([good]).encode()) == []
    assert problems(operation, 200, json.dumps([{**good, member: value}]).encode()) != []


def _nameless(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def _needed(all_of: frozenset[str], any_of: frozenset[str]) -> tuple[set[str], set[str]]:
    """Return what is needed; any of one is all of one."""
    is_one = len(any_of) == 1
    return {*all_of, *(any_of if is_one else ())}, set() if is_one else {*any_of}


def _successes() -> set[tuple[str, int]]:
    return {
        (name, status)
        for name, one in operations().items()
        for status in one.schemas
        if status < 300
    }
