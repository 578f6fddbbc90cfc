"""Questions in our words get answers in our values."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import (
    Interrupted,
    MalformedPayload,
    NotFound,
    PermissionMissing,
)
from recordings_pipeline.core.model import Organization
from recordings_pipeline.genesys import analytics
from recordings_pipeline.genesys.client import BATCH_SIZE, GenesysClient, open_client
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.options import CONVERSATIONS, PERMISSIONS
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.storage.shared_window import SharedWindow
from tests.conftest import Start
from tests.genesys.conftest import Open
from tests.hosts import Answer, Serve, in_turn, reply_json, settings_for

DATE = date(2026, 1, 31)
DAY = Day(DATE)
NOBODY = "00000000-0000-4000-8000-000000000000"
DETAILS = "POST /api/v2/analytics/conversations/details/query"


def recorded(simulator: Simulator) -> list[Call]:
    return [call for call in simulator.world.calls(DATE) if call.recording_id]


def test_the_organization_of_the_credentials_is_known(start: Start, client_of: Open) -> None:
    simulator = start()

    assert client_of(simulator).organization() == Organization(
        simulator.world.organization_id, "Simulated organization"
    )


@pytest.mark.parametrize("calls_per_day", [12, 230])
def test_every_page_is_asked_for_and_every_conversation_comes_once(
    start: Start, client_of: Open, calls_per_day: int
) -> None:
    simulator = start(calls_per_day=calls_per_day)
    expected = [call.conversation_id for call in simulator.world.calls(DATE)]

    found = list(analytics.conversations(client_of(simulator), DAY))

    assert [conversation.id for conversation in found] == expected
    assert simulator.traffic.routes[DETAILS] == -(-len(expected) // 100)


def conversation(number: int, start: str = "2026-01-31T10:00:00Z") -> dict[str, Any]:
    return {"conversationId": f"{number:08d}-0000-4000-8000-000000000000",
            "conversationStart": start}  # fmt: skip


def page(total: int, *items: dict[str, Any]) -> Answer:
    return reply_json({"totalHits": total, "conversations": list(items)})


def numbers(client: GenesysClient) -> list[int]:
    return [int(found.id[:8]) for found in analytics.conversations(client, DAY)]


def test_what_moves_to_the_next_page_comes_once(serve: Serve, client_of: Open) -> None:
    pages = (page(3, conversation(1), conversation(2)), page(3, conversation(2), conversation(3)))
    host = serve(in_turn(*pages))

    assert numbers(client_of(host)) == [1, 2, 3]
    assert len(host.asked) == 2


def test_a_day_is_half_open_and_its_neighbours_are_left_out(serve: Serve, client_of: Open) -> None:
    starts = (
        "2026-01-30T23:59:59.999Z", "2026-01-31T00:00:00.000Z",
        "2026-01-31T23:59:59.999Z", "2026-02-01T00:00:00.000Z",
    )  # fmt: skip
    host = serve(in_turn(page(4, *(conversation(n, at) for n, at in enumerate(starts)))))

    assert numbers(client_of(host)) == [1, 2]


def test_a_day_without_conversations_takes_one_question(serve: Serve, client_of: Open) -> None:
    host = serve(in_turn(reply_json({"totalHits": 0})))

    assert numbers(client_of(host)) == []
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    "last",
    [page(3), page(3, conversation(1), conversation(2)), reply_json({"totalHits": 3})],
    ids=["empty", "the same again", "no list"],
)
def test_pages_that_do_not_add_up_to_the_promise_are_an_error(
    serve: Serve, client_of: Open, last: Answer
) -> None:
    host = serve(in_turn(page(3, conversation(1), conversation(2)), last))

    with pytest.raises(MalformedPayload, match="promised 3 conversations, sent 2"):
        numbers(client_of(host))

    assert {json.loads(heard.body)["order"] for heard in host.asked} == {"asc", "desc"}


def test_what_a_page_left_out_comes_from_the_other_end(serve: Serve, client_of: Open) -> None:
    first, last = page(3, conversation(1), conversation(2)), page(3, conversation(3))
    host = serve(in_turn(first, page(3), last))

    assert numbers(client_of(host)) == [1, 2, 3]


def test_pages_of_the_largest_size_are_asked_for_in_order(serve: Serve, client_of: Open) -> None:
    host = serve(in_turn(page(2, conversation(1)), page(2, conversation(2))))

    numbers(client_of(host))

    asked = [json.loads(heard.body) for heard in host.asked]
    assert [query["paging"]["pageNumber"] for query in asked] == [1, 2]
    assert {query["paging"]["pageSize"] for query in asked} == {100}
    assert {query["interval"] for query in asked} == {
        "2026-01-31T00:00:00.000Z/2026-02-01T00:00:00.000Z"
    }
    assert {(query["order"], query["orderBy"]) for query in asked} == {("asc", "conversationStart")}


@pytest.mark.parametrize("body", [b"{<html>busy</html>", b"[]", b"null", b'{"totalHits": -1}'])
def test_a_good_status_with_a_senseless_body_is_an_error(
    serve: Serve, client_of: Open, body: bytes
) -> None:
    with pytest.raises(MalformedPayload, match="details query"):
        numbers(client_of(serve(in_turn(Answer(200, body)))))


def test_a_conversation_lists_its_recordings(start: Start, client_of: Open) -> None:
    simulator = start()
    client = client_of(simulator)
    call = recorded(simulator)[0]

    (found,) = client.recordings(call.conversation_id)

    assert (found.id, found.conversation_id) == (call.recording_id, call.conversation_id)
    assert (found.communication_id, found.file_state) == (call.communication_id, call.file_state)


def test_a_forgotten_conversation_has_no_recordings(start: Start, client_of: Open) -> None:
    assert client_of(start()).recordings(NOBODY) == []


def test_a_batch_leads_to_every_file_that_may_be_had(start: Start, client_of: Open) -> None:
    simulator = start()
    client = client_of(simulator)
    calls = recorded(simulator)[:BATCH_SIZE]

    batch_id = client.request_batch([call.conversation_id for call in calls])
    first = client.batch(batch_id)
    states = (client.batch(batch_id) for _ in range(10))
    last = next(state for state in states if state.is_completed)

    assert (first.is_completed, first.results) == (False, ())
    found = {media.recording_id: media for media in last.results}
    assert found.keys() == {call.recording_id for call in calls if not call.is_sensitive}
    for call in calls:
        if not call.is_sensitive:
            media = found[str(call.recording_id)]
            assert media.has_error is not call.is_exportable
            assert (media.url is not None) is call.is_exportable


def test_a_transcript_link_leads_to_the_transcript(start: Start, client_of: Open) -> None:
    simulator = start()
    call = next(call for call in recorded(simulator) if call.is_transcribed)

    links = client_of(simulator).transcript_links(call.conversation_id, call.communication_id)

    url = links[str(call.recording_id)]
    assert httpx.get(url.reveal()).json()["communicationId"] == call.communication_id
    assert "Signature" not in f"{url} {url!r}"


def test_a_communication_without_a_transcript_is_not_found(start: Start, client_of: Open) -> None:
    simulator = start()
    call = next(c for c in simulator.world.calls(DATE) if not c.is_transcribed)

    with pytest.raises(NotFound):
        client_of(simulator).transcript_links(call.conversation_id, call.communication_id)


def test_lifetime_of_urls_and_allowance_are_known(start: Start, client_of: Open) -> None:
    client = client_of(start(url_lifetime_s=600, requests_per_minute=4_321))

    assert (client.batch_url_lifetime_s(), client.calls_per_minute()) == (600, 4_321)


def test_the_listed_allowance_is_kept_to_where_answers_say_nothing(
    serve: Serve, tmp_path: Path
) -> None:
    entity = {"key": "client.credentials.token.rate.per.minute", "value": 40}
    host = serve(in_turn(reply_json({"entities": [entity]})))

    with (
        closing(SharedWindow(tmp_path / "a.window")) as store,
        open_client(settings_for(host), threading.Event(), store) as client,
    ):
        client.calls_per_minute()
        window = store.change(lambda known: (known, known))

    assert window.allowed == 40


def test_an_allowance_that_is_not_listed_is_unknown(serve: Serve, client_of: Open) -> None:
    assert client_of(serve(in_turn(reply_json({"entities": []})))).calls_per_minute() is None


def test_threads_share_a_client_and_its_login(start: Start, client_of: Open) -> None:
    simulator = start()
    client = client_of(simulator)
    together = threading.Barrier(6)

    def ask(_: int) -> str:
        together.wait()
        return client.organization().id

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(ask, range(6))) == {simulator.world.organization_id}

    assert simulator.traffic.logins == 1
    assert client.spent.api_calls == 6 + 1


def test_a_refusal_for_the_rate_is_waited_out_and_told(start: Start, client_of: Open) -> None:
    simulator = start(faults="rate-limited/2")
    client = client_of(simulator)

    for _ in range(2):
        client.organization()

    assert client.spent.rate_limited_count == simulator.traffic.rate_limited == 1
    assert client.spent.waits.allowance_s > 0.9


def test_a_missing_permission_is_named(start: Start, client_of: Open) -> None:
    client = client_of(start(permissions=PERMISSIONS - {CONVERSATIONS}))

    with pytest.raises(PermissionMissing, match=CONVERSATIONS):
        analytics.first_page(client, DAY)


def test_after_the_request_to_stop_no_question_is_asked(start: Start, client_of: Open) -> None:
    simulator = start()
    client = client_of(simulator)
    client.stop.set()

    with pytest.raises(Interrupted):
        client.organization()

    assert (simulator.traffic.logins, simulator.traffic.api_requests) == (0, 0)
