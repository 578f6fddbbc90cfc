"""The levers change one simulator while it runs, and tell the truth about it."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline.simulator.call import Call
from tests.conftest import Start
from tests.simulator.raw import DAY, SETTINGS, Caller, caller

Json = Any


@pytest.fixture
def own(start: Start) -> Caller:
    """Be the only caller of a simulator whose world is going to change."""
    return caller(start(calls_per_day=24))


def post(me: Caller, lever: str, payload: object) -> tuple[int, Json]:
    seen = me.post(f"/simulator/{lever}", payload)
    return seen.status, seen.json


def now(me: Caller) -> str:
    return str(me.get("/simulator/status").json["now"])


def listed(me: Caller, conversation_id: str) -> list[str]:
    seen = me.get(f"/api/v2/conversations/{conversation_id}/recordingmetadata")
    return [item["id"] for item in seen.json]


def call_of(me: Caller, conversation_id: str) -> Call:
    found = me.simulator.world.find(conversation_id)
    assert found is not None
    return found


def transcript(me: Caller, call: Call) -> int:
    speech = "/api/v2/speechandtextanalytics/conversations"
    leg = f"communications/{call.communication_id}/transcripturl"
    return me.get(f"{speech}/{call.conversation_id}/{leg}").status


def test_a_plan_is_put_in_force_by_text_and_by_entries_and_lifted(me: Caller) -> None:
    plans: list[dict[str, object]] = [
        {"plan": "server-error@2"},
        {"fault": [{"route": "settings", "status": 418, "numbers": [1]}]},
        {"plan": ""},
    ]
    seen = []

    for plan in plans:
        answer = post(me, "faults", plan)
        seen.append((answer, [me.get(SETTINGS).status for _ in range(3)]))

    assert seen == [
        ((200, {"faults": ["server-error"]}), [200, 500, 200]),
        ((200, {"faults": ["settings 418"]}), [418, 200, 200]),
        ((200, {"faults": []}), [200, 200, 200]),
    ]


def test_a_plan_starts_counting_anew(me: Caller) -> None:
    statuses = []

    for _ in range(2):
        me.plan("server-error")
        statuses.append([me.get(SETTINGS).status for _ in range(2)])

    assert statuses == [[500, 200], [500, 200]]


def test_a_plan_from_a_file_outlives_it(own: Caller, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text('[[fault]]\nname = "server-error"\nevery = 2\n')

    own.plan(str(path))
    path.unlink()
    post(own, "clock", {"advance_s": 1})

    assert [own.get(SETTINGS).status for _ in range(4)] == [200, 500, 200, 500]


@pytest.mark.parametrize(
    "payload",
    [
        {"plan": "servererror"},
        {"plan": None},
        {"plan": ["gone"]},
        {"plan": "gone", "fault": []},
        {"fault": "gone"},
        {"fault": {"name": "gone"}},
        {"fault": [{"name": "gone", "share": 2}]},
        {"faults": "gone"},
        {},
        [],
        "gone",
    ],
)
def test_a_plan_that_makes_no_sense_changes_nothing(me: Caller, payload: object) -> None:
    me.plan("server-error/2")

    status, answer = post(me, "faults", payload)

    assert status == 400
    assert answer["error"]
    assert [me.get(SETTINGS).status for _ in range(4)] == [200, 500, 200, 500]


def test_the_clock_moves_for_good(own: Caller) -> None:
    before = now(own)

    answers = [post(own, "clock", {"advance_s": seconds}) for seconds in (86_400, 0.5, -3_600)]

    assert [status for status, _ in answers] == [200, 200, 200]
    assert answers[0][1]["now"][:10] > before[:10]
    assert answers[1][1]["now"] > answers[0][1]["now"]
    assert before < answers[2][1]["now"] < answers[1][1]["now"]
    assert now(own) >= answers[2][1]["now"]


@pytest.mark.parametrize(
    "text",
    ['{"advance_s": NaN}', '{"advance_s": 1e300}', '{"advance_s": -1e12}', '{"advance_s": "1"}',
     '{"advance_s": true}', '{"advance_s": Infinity}', "{}", "no JSON", "[" * 50_000],
    ids=["nan", "far", "before", "text", "true", "infinite", "nothing", "no JSON", "deep"],
)  # fmt: skip
def test_a_move_that_makes_no_sense_moves_nothing(me: Caller, text: str) -> None:
    before = now(me)

    status = me.send("/simulator/clock", text.encode()).status

    assert status == 400
    assert before[:13] == now(me)[:13]
    assert me.get(SETTINGS).status == 200


def test_planted_recordings_are_listed_afterwards(own: Caller) -> None:
    first = post(own, "plant", {"day": "2026-01-31", "what": "recording", "count": 2})[1]
    second = post(own, "plant", {"day": "2026-01-31", "count": 1})[1]

    conversations = [*first["conversation_ids"], *second["conversation_ids"]]
    recordings = [*first["recording_ids"], *second["recording_ids"]]
    assert len(set(conversations)) == len(set(recordings)) == 3
    for conversation_id, recording_id in zip(conversations, recordings, strict=True):
        first_id = call_of(own, conversation_id).recording_id
        assert listed(own, conversation_id) == [first_id, recording_id]


def test_planted_transcripts_can_be_fetched_afterwards(own: Caller) -> None:
    untold = [
        call
        for call in own.simulator.world.calls(DAY)
        if call.is_exportable and transcript(own, call) == 404
    ]

    answer = post(own, "plant", {"day": "2026-01-31", "what": "transcript", "count": 2})[1]

    assert len(untold) >= 2
    assert answer["conversation_ids"] == [call.conversation_id for call in untold[:2]]
    assert answer["recording_ids"] == []
    assert [transcript(own, call) for call in untold] == [200] * 2 + [404] * len(untold[2:])


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"day": "yesterday"},
        {"day": "1066-10-14"},
        {"day": "2026-01-31", "what": "call"},
        {"day": "2026-01-31", "count": "2"},
        {"day": "2026-01-31", "count": 0},
        {"day": "2026-01-31", "count": -1},
        {"day": "2026-01-31", "count": True},
    ],
)
def test_planting_what_makes_no_sense_is_refused(me: Caller, payload: object) -> None:
    assert post(me, "plant", payload)[0] == 400


def test_a_new_allowance_holds_at_once_and_is_listed(start: Start) -> None:
    me = caller(start(requests_per_minute=300))
    for _ in range(4):
        me.get(SETTINGS)

    answer = post(me, "limits", {"requests_per_minute": 5})
    seen = [me.get(SETTINGS) for _ in range(2)]

    assert answer == (200, {"requests_per_minute": 5})
    assert [found.status for found in seen] == [200, 429]
    assert seen[0].headers["inin-ratelimit-allowed"] == "5"


@pytest.mark.parametrize("rate", [None, 0, -1, "5", 1.5, True])
def test_an_allowance_that_makes_no_sense_is_refused(me: Caller, rate: object) -> None:
    assert post(me, "limits", {"requests_per_minute": rate})[0] == 400


def test_the_clock_of_the_allowance_can_run_faster(start: Start) -> None:
    me = caller(start(requests_per_minute=1, speed=600.0))
    me.get(SETTINGS)

    until = time.monotonic() + 10
    while (seen := me.get(SETTINGS)).status != 200 and time.monotonic() < until:
        assert 1 <= int(seen.headers["retry-after"]) <= 60

    assert seen.headers["inin-ratelimit-count"] == "1"


def test_revoked_tokens_are_no_good_and_new_ones_are(own: Caller) -> None:
    good = own.get(SETTINGS).status
    post(own, "revoke", {})
    revoked = own.get(SETTINGS).status
    own.login()

    assert (good, revoked, own.get(SETTINGS).status) == (200, 401, 200)


def test_the_truth_is_one_line_of_json_for_each_call_of_the_world(own: Caller) -> None:
    planted = post(own, "plant", {"day": "2026-01-31"})[1]
    late = dict(zip(planted["conversation_ids"], planted["recording_ids"], strict=True))

    seen = own.get("/simulator/truth?day=2026-01-31")

    lines = [json.loads(line) for line in chunks(seen.body).splitlines()]
    calls = list(own.simulator.world.calls(DAY))
    assert [line["conversation_id"] for line in lines] == [c.conversation_id for c in calls]
    for line, call in zip(lines, calls, strict=True):
        ids = [found.id for found in call.recordings]
        if call.conversation_id in late:
            ids.append(late[call.conversation_id])
        assert [found["recording_id"] for found in line["recordings"]] == ids
        legs = [leg["communication_id"] for leg in line["legs"]]
        assert legs == [leg.session_id for leg in call.legs]
    assert own.get("/simulator/truth?day=never").status == 400


def chunks(body: bytes) -> bytes:
    """Return what a chunked body holds."""
    found, rest = b"", body
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        found, rest = found + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return found


def test_the_status_counts_requests_and_faults(own: Caller) -> None:
    own.plan("server-error@2")
    statuses = [own.get(SETTINGS).status for _ in range(3)]

    found = own.get("/simulator/status").json

    assert statuses == [200, 500, 200]
    assert found["faults"] == ["server-error"]
    assert found["counters"][f"route GET {SETTINGS}"] == 3
    assert found["counters"]["fault server-error"] == 1
    assert found["counters"]["logins"] == 1


def test_the_start_page_names_what_has_happened(me: Caller) -> None:
    me.plan("server-error")
    me.get(SETTINGS)

    page = me.get("/").body.decode()

    assert re.search("<td>server-error</td><td class=number>[1-9]", page)
    assert SETTINGS in page
