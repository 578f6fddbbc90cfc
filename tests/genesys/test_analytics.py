"""A day's conversations, asked for in two ways that have to agree."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import MalformedPayload, ServerFailed
from recordings_pipeline.core.model import Conversation
from recordings_pipeline.genesys import analytics
from recordings_pipeline.genesys.analytics import JOB_PAGE_SIZE, MOST_RESULTS
from recordings_pipeline.genesys.client import GenesysClient
from tests.conftest import Start
from tests.genesys.conftest import Open
from tests.hosts import Answer, Heard, Serve, reply_json

DAY = Day.from_key("2026-01-31")
DATE = date(2026, 1, 31)
LONG_AFTER = datetime(2026, 3, 1, tzinfo=UTC)


def by_id(found: list[Conversation]) -> dict[str, Conversation]:
    assert len({item.id for item in found}) == len(found)
    return {item.id: item for item in found}


def test_query_and_job_find_the_same_conversations_of_a_busy_day(
    start: Start, client_of: Open
) -> None:
    simulator = start(world="busy", calls_per_day=JOB_PAGE_SIZE + 60, now=LONG_AFTER)
    client = client_of(simulator)

    by_query = by_id(list(analytics.conversations(client, DAY)))
    by_job = by_id(list(analytics.conversations_by_job(client, DAY)))

    truth = {call.conversation_id: call for call in simulator.world.calls(DATE)}
    assert by_query == by_job
    assert by_query.keys() == truth.keys()
    for id_, found in by_query.items():
        assert (found.start, found.end) == (truth[id_].start, truth[id_].end)
        assert found.recorded_ids == tuple(
            leg.session_id for leg in truth[id_].legs if leg.is_recorded
        )


def test_a_conversation_of_the_evening_before_belongs_to_neither(
    start: Start, client_of: Open
) -> None:
    simulator = start(calls_per_day=6, now=LONG_AFTER)
    client = client_of(simulator)
    late = simulator.world.calls(DATE - timedelta(days=1))[-1]
    assert late.ended > DAY.start

    found = [*analytics.conversations(client, DAY), *analytics.conversations_by_job(client, DAY)]

    assert late.conversation_id not in {item.id for item in found}


@pytest.mark.parametrize("fault", ["failed-jobs", "expired-jobs"])
def test_a_job_that_comes_to_nothing_is_an_error(start: Start, client_of: Open, fault: str) -> None:
    client = client_of(start(calls_per_day=6, now=LONG_AFTER, faults=fault))

    with pytest.raises(ServerFailed):
        list(analytics.conversations_by_job(client, DAY))


@pytest.mark.parametrize("fault", ["short-pages", "duplicate-pages", "shifting-pages"])
def test_pages_that_lose_or_repeat_conversations_lose_none_of_them(
    start: Start, client_of: Open, fault: str
) -> None:
    simulator = start(calls_per_day=230, now=LONG_AFTER, faults=fault)

    found = by_id(list(analytics.conversations(client_of(simulator), DAY)))

    assert found.keys() == {call.conversation_id for call in simulator.world.calls(DATE)}


class Crowd:
    """A host with one conversation an hour that says that a whole day has too many to page."""

    def __call__(self, heard: Heard) -> Answer:
        first, last = (
            datetime.fromisoformat(part) for part in json.loads(heard.body)["interval"].split("/")
        )
        hours = [DAY.start + timedelta(hours=hour) for hour in range(24)]
        inside = [self._conversation(hour) for hour in hours if first <= hour < last]
        is_crowd = last - first > timedelta(hours=7)
        total = MOST_RESULTS + 1 if is_crowd else len(inside)
        return reply_json({"totalHits": total, "conversations": inside})

    def _conversation(self, start: datetime) -> dict[str, Any]:
        number = f"{start.hour:08d}-0000-4000-8000-000000000000"
        return {"conversationId": number, "conversationStart": start.isoformat()}


def test_a_day_beyond_the_platforms_cap_is_read_in_parts(serve: Serve, client_of: Open) -> None:
    found = list(analytics.conversations(client_of(serve(Crowd())), DAY))

    assert [item.start.hour for item in found] == list(range(24))


def test_a_crowd_in_every_part_is_an_error_and_not_a_loop(serve: Serve, client_of: Open) -> None:
    host = serve(lambda _heard: reply_json({"totalHits": MOST_RESULTS + 1}))

    with pytest.raises(MalformedPayload, match="in a minute"):
        list(analytics.conversations(client_of(host), DAY))


def test_a_cursor_that_repeats_is_an_error_and_not_a_loop(serve: Serve, client_of: Open) -> None:
    def reply(heard: Heard) -> Answer:
        if heard.method == "POST":
            return Answer(202, b'{"jobId": "00000000-0000-4000-8000-000000000001"}')
        if "results" in heard.path:
            return reply_json({"conversations": [], "cursor": "7"})
        return reply_json({"state": "FULFILLED"})

    with pytest.raises(MalformedPayload, match="repeat their cursor"):
        list(analytics.conversations_by_job(client_of(serve(reply)), DAY))


def available(client: GenesysClient) -> datetime | None:
    return analytics.available_until(client)


def test_the_watermark_is_told(start: Start, client_of: Open) -> None:
    client = client_of(start(now=LONG_AFTER, lag_hours=5))

    assert available(client) == LONG_AFTER - timedelta(hours=5)
