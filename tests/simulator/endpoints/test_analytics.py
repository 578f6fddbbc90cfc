"""The details query means what the platform means by it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recordings_pipeline.simulator.call import Call
from tests.conftest import Start
from tests.simulator.raw import DAY, INTERVAL, Caller, caller

QUERY = "/api/v2/analytics/conversations/details/query"
NOW = datetime(2026, 2, 2, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 2, 1, tzinfo=UTC)
ALL = {"pageSize": 100, "pageNumber": 1}


@pytest.fixture
def odd(start: Start) -> Caller:
    """Be somebody in an organization with a bit of everything, open conversations too."""
    return caller(start(world="hostile", calls_per_day=90, now=NOW))


def listed(me: Caller, **query: object) -> list[dict[str, Any]]:
    answer = me.post(QUERY, {"interval": INTERVAL, "paging": ALL, **query})
    assert answer.status == 200
    found: list[dict[str, Any]] = answer.json.get("conversations", [])
    return found


def test_an_hour_holds_what_was_active_in_it(me: Caller) -> None:
    calls = me.simulator.world.calls(DAY)
    first = calls[3].start + timedelta(seconds=1)
    last = calls[7].start + timedelta(seconds=1)

    found = listed(me, interval=f"{first.isoformat()}/{last.isoformat()}")

    expected = {c.conversation_id for c in calls if c.start < last and c.ended >= first}
    assert {item["conversationId"] for item in found} == expected
    assert {calls[3].conversation_id, calls[7].conversation_id} <= expected < ids(calls)


def test_what_began_the_day_before_is_left_out_though_it_goes_on(me: Caller) -> None:
    late = me.simulator.world.calls(DAY)[-1]
    after = f"{MIDNIGHT.isoformat()}/{(MIDNIGHT + timedelta(minutes=1)).isoformat()}"

    assert late.ended > MIDNIGHT
    assert late.conversation_id not in {c["conversationId"] for c in listed(me, interval=after)}


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    ("by", "member"),
    [
        ("conversationStart", "conversationStart"),
        ("segmentStart", "conversationStart"),
        ("conversationEnd", "conversationEnd"),
        ("segmentEnd", "conversationEnd"),
    ],
)
def test_the_order_is_the_one_asked_for(odd: Caller, by: str, member: str, order: str) -> None:
    found = listed(odd, orderBy=by, order=order)

    keys = [item.get(member, "open") for item in found]
    assert keys == sorted(keys, reverse=order == "desc")
    assert len({item["conversationId"] for item in found}) == len(found) > 80


def test_an_order_holds_over_pages_and_days(odd: Caller) -> None:
    two_days = "2026-01-30T00:00:00.000Z/2026-02-01T00:00:00.000Z"
    pages = [
        listed(odd, interval=two_days, orderBy="conversationEnd", paging=paging)
        for paging in ({"pageSize": 60, "pageNumber": number} for number in (1, 2, 3, 4))
    ]

    keys = [item.get("conversationEnd", "open") for page in pages for item in page]
    assert keys == sorted(keys)
    assert not pages[3]


def test_a_page_has_25_conversations_unless_said_otherwise(odd: Caller) -> None:
    answer = odd.post(QUERY, {"interval": INTERVAL}).json

    assert len(answer["conversations"]) == 25
    assert answer["totalHits"] == len(listed(odd))


def test_nobody_pages_beyond_100_000_results(me: Caller) -> None:
    paging = {"pageSize": 100, "pageNumber": 1_000}
    allowed = me.post(QUERY, {"interval": INTERVAL, "paging": paging})
    refused = me.post(QUERY, {"interval": INTERVAL, "paging": {**paging, "pageNumber": 1_001}})

    assert (allowed.status, refused.status) == (200, 400)
    assert "conversations" not in allowed.json
    assert "100000" in refused.json["message"]


def test_an_interval_may_not_be_longer_than_a_month(me: Caller) -> None:
    answer = me.post(QUERY, {"interval": "2026-01-01T00:00:00Z/2026-02-02T00:00:00Z"})

    assert answer.status == 400


def test_an_open_conversation_has_no_end_and_can_be_filtered(odd: Caller) -> None:
    predicate = {"type": "dimension", "dimension": "conversationEnd", "operator": "notExists"}
    found = listed(odd, conversationFilters=[{"type": "and", "predicates": [predicate]}])

    expected = {c.conversation_id for c in odd.simulator.world.calls(DAY) if c.end is None}
    assert {item["conversationId"] for item in found} == expected != set()
    assert not any("conversationEnd" in item for item in found)


def test_a_wrong_word_in_a_filter_is_answered_with_the_right_ones(me: Caller) -> None:
    predicate = {"type": "dimension", "dimension": "mediaTyp", "value": "voice"}
    filters = [{"type": "and", "predicates": [predicate]}]

    answer = me.post(QUERY, {"interval": INTERVAL, "segmentFilters": filters})

    assert (answer.status, answer.json["code"]) == (400, "invalid.value")
    assert "mediaTyp" in answer.json["message"]
    assert "mediaType" in answer.json["message"]


def test_what_is_empty_is_left_out(odd: Caller) -> None:
    legs = [leg for item in listed(odd) for leg in item["participants"]]

    assert all(value not in (None, "", []) for leg in legs for value in leg.values())
    assert all("userId" in leg and "participantName" not in leg for leg in agents(legs))
    assert any("participantName" in leg for leg in legs)


def agents(legs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [leg for leg in legs if leg["purpose"] == "agent"]


def ids(calls: Iterable[Call]) -> set[str]:
    return {call.conversation_id for call in calls}
