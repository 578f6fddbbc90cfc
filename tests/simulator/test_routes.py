"""The API answers as the platform does."""

from typing import Any

import httpx
import pytest

from recordings_pipeline.simulator.clients import CLIENT_ID, CLIENT_SECRET
from recordings_pipeline.simulator.server import Simulator
from tests.conftest import Start

DETAILS = "/api/v2/analytics/conversations/details/query"
DAY = "2026-01-31T00:00:00.000Z/2026-02-01T00:00:00.000Z"
RECORDED = {"type": "and", "predicates": [{"dimension": "recording", "operator": "exists"}]}


def client(simulator: Simulator) -> httpx.Client:
    login = httpx.post(
        f"{simulator.base_url}/oauth/token",
        auth=(CLIENT_ID, CLIENT_SECRET),
        data={"grant_type": "client_credentials"},
    )
    token = login.json()["access_token"]
    return httpx.Client(base_url=simulator.base_url, headers={"Authorization": f"Bearer {token}"})


def test_a_wrong_secret_is_an_invalid_client(start: Start) -> None:
    answer = httpx.post(
        f"{start().base_url}/oauth/token",
        auth=(CLIENT_ID, "wrong"),
        data={"grant_type": "client_credentials"},
    )

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_client"


def test_pages_hold_every_recorded_conversation_once(start: Start) -> None:
    with client(start(calls_per_day=60)) as http:
        pages = [
            http.post(DETAILS, json=query(pageSize=25, pageNumber=n)).json() for n in (1, 2, 3, 4)
        ]

    ids = [c["conversationId"] for page in pages for c in page.get("conversations", [])]
    assert len(set(ids)) == len(ids) == pages[0]["totalHits"]
    assert "conversations" not in pages[3]


def query(**paging: int) -> dict[str, Any]:
    return {"interval": DAY, "paging": paging, "segmentFilters": [RECORDED]}


def test_a_page_above_the_maximum_is_refused(start: Start) -> None:
    with client(start()) as http:
        assert http.post(DETAILS, json=query(pageSize=101, pageNumber=1)).status_code == 400


def test_the_allowance_ends_in_429_with_a_time(start: Start) -> None:
    with client(start(requests_per_minute=2)) as http:
        answers = [http.get("/api/v2/tokens/me") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["inin-ratelimit-count"] == "1"
    assert int(answers[2].headers["retry-after"]) >= 1


def test_a_missing_permission_is_named(start: Start) -> None:
    with client(start(permissions=frozenset())) as http:
        answer = http.post(DETAILS, json=query(pageSize=25, pageNumber=1))

    assert answer.status_code == 403
    assert "analytics:conversationDetail:view" in answer.json()["message"]


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_takes_one_to_a_hundred_items(start: Start, count: int) -> None:
    items = [{"conversationId": "x"}] * count
    with client(start()) as http:
        answer = http.post(
            "/api/v2/recording/batchrequests", json={"batchDownloadRequestList": items}
        )

    assert answer.status_code == 400
