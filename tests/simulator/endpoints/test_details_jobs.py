"""A details job reads the data lake: by activity, by cursor, and silently incomplete."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recordings_pipeline.simulator.options import PERMISSIONS
from tests.conftest import Start
from tests.simulator.raw import DAY, INTERVAL, Caller, caller

JOBS = "/api/v2/analytics/conversations/details/jobs"
MIDNIGHT = datetime(2026, 2, 1, tzinfo=UTC)
NEXT_DAY = "2026-02-01T00:00:00.000Z/2026-02-02T00:00:00.000Z"
LATER = datetime(2026, 2, 5, tzinfo=UTC)


@pytest.fixture
def me(start: Start) -> Caller:
    """Be somebody to whom both days are history."""
    return caller(start(now=LATER, other_clients=(PERMISSIONS,)))


def submitted(me: Caller, **query: object) -> str:
    answer = me.post(JOBS, {"interval": INTERVAL, **query})
    assert answer.status == 202
    return str(answer.json["jobId"])


def finished(me: Caller, **query: object) -> str:
    job = submitted(me, **query)
    while me.get(f"{JOBS}/{job}").json["state"] != "FULFILLED":
        pass
    return job


def found(me: Caller, **query: object) -> list[dict[str, Any]]:
    answer = me.get(f"{JOBS}/{finished(me, **query)}/results?pageSize=1000").json
    conversations: list[dict[str, Any]] = answer["conversations"]
    return conversations


def ids(conversations: list[dict[str, Any]]) -> list[str]:
    return [item["conversationId"] for item in conversations]


def test_a_job_is_queued_then_pending_then_fulfilled(me: Caller) -> None:
    job = submitted(me)

    seen = [me.get(f"{JOBS}/{job}") for _ in range(3)]

    assert [answer.json["state"] for answer in seen] == ["QUEUED", "PENDING", "FULFILLED"]
    assert [answer.status for answer in seen] == [202, 202, 200]
    assert "expirationDate" in seen[2].json


def test_there_are_no_results_before_it_is_done(me: Caller) -> None:
    assert me.get(f"{JOBS}/{submitted(me)}/results").status == 400


def test_what_crosses_midnight_is_found_on_both_days_unless_days_are_matched(me: Caller) -> None:
    late = me.simulator.world.calls(DAY)[-1].conversation_id

    assert late in ids(found(me))
    assert late in ids(found(me, interval=NEXT_DAY))
    assert late in ids(found(me, startOfDayIntervalMatching=True))
    assert late not in ids(found(me, interval=NEXT_DAY, startOfDayIntervalMatching=True))


def test_a_cursor_leads_through_all_of_them_once(me: Caller) -> None:
    job, pages = finished(me), list[list[str]]()
    cursor: str | None = ""
    while cursor is not None:
        answer = me.get(f"{JOBS}/{job}/results?pageSize=5{cursor}").json
        pages.append(ids(answer["conversations"]))
        cursor = f"&cursor={answer['cursor']}" if "cursor" in answer else None

    calls = [call.conversation_id for call in me.simulator.world.calls(DAY)]
    flat = [one for page in pages for one in page]
    assert flat[-len(calls) :] == calls
    assert len(set(flat)) == len(flat)
    assert [len(page) for page in pages[:-1]] == [5] * (len(pages) - 1)


def test_what_the_lake_does_not_have_yet_is_missing_without_an_error(start: Start) -> None:
    noon = MIDNIGHT - timedelta(hours=6)
    me = caller(start(now=noon, lag_hours=6, calls_per_day=60))
    available = me.get(f"{JOBS}/availability").json["dataAvailabilityDate"]
    watermark = noon - timedelta(hours=6)
    job = finished(me)

    answer = me.get(f"{JOBS}/{job}/results?pageSize=1000").json

    calls = me.simulator.world.calls(DAY)
    expected = {call.conversation_id for call in calls if call.start <= watermark}
    today = {call.conversation_id for call in calls}
    assert available == answer["dataAvailabilityDate"] == "2026-01-31T12:00:00.000Z"
    assert {*ids(answer["conversations"])} & today == expected
    assert 0 < len(expected) < sum(call.start <= noon for call in calls)


def test_results_expire(me: Caller) -> None:
    job = finished(me)
    me.post("/simulator/clock", {"advance_s": 8 * 86_400})

    assert me.get(f"{JOBS}/{job}").json["state"] == "EXPIRED"
    assert me.get(f"{JOBS}/{job}/results").status == 400


def test_a_limit_and_an_order_hold(me: Caller) -> None:
    latest = found(me, limit=3, order="desc", orderBy="conversationEnd")

    ends = [item["conversationEnd"] for item in latest]
    assert len(ends) == 3
    assert ends == sorted(ends, reverse=True)
    assert ends[0] == max(item["conversationEnd"] for item in found(me))


def test_a_job_that_was_dropped_or_belongs_to_somebody_else_is_not_found(me: Caller) -> None:
    job = finished(me)
    stranger = caller(me.simulator, 1).get(f"{JOBS}/{job}").status

    dropped = me.get(f"{JOBS}/{job}", method="DELETE").status

    assert (stranger, dropped, me.get(f"{JOBS}/{job}").status) == (404, 204, 404)


def test_only_a_job_brings_attributes(me: Caller) -> None:
    query = me.post(JOBS.replace("jobs", "query"), {"interval": INTERVAL}).json["conversations"]

    seen = [
        any("attributes" in part for item in answer for part in item["participants"])
        for answer in (found(me), query)
    ]
    assert seen == [True, False]
