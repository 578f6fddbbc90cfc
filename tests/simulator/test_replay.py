"""Equal seeds, plans and requests bring equal misbehaviour, call for call."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.conftest import Start
from tests.simulator.raw import DAY, INTERVAL, SETTINGS, Caller, Seen, caller, fetch, link

PLANS = [
    "rate-limited/3,reset@5,cut-bodies:0.5,nulls:0.5",
    "hostile-ids:0.4,changed-etag,short-json/4,late-data:0.5,unknown-fields/2",
    "expired-urls:0.5,duplicate-pages,batch-errors,early-close/3,wrong-range,server-error:0.2",
]
NOW = datetime(2026, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize("plan", PLANS)
def test_the_same_again_is_the_same(start: Start, plan: str) -> None:
    one, other = (list(wire_of(caller(start(faults=plan, seed=5, now=NOW)))) for _ in range(2))

    assert one == other
    assert len({status for status, _, _ in one}) > 1


def test_another_seed_chooses_other_objects(start: Start) -> None:
    hit = [
        [
            fetch(link(me.simulator, call)).end
            for call in me.simulator.world.calls(DAY)
            if call.is_exportable
        ]
        for me in (caller(start(faults="cut-bodies:0.5", seed=seed)) for seed in (5, 6))
    ]

    assert hit[0] != hit[1]


def wire_of(me: Caller) -> Iterator[tuple[int, bytes, str]]:
    """Ask for everything an export asks for, without ever trying again."""
    for seen in _asked(me):
        place = re.sub(rb"http://127.0.0.1:\d+/", b"http://host/", seen.body)
        body = re.sub(rb"Expires=\d+&Signature=[0-9a-f]+", b"signed", place)
        yield seen.status, body, seen.end
        yield 0, seen.headers.get("etag", "").encode(), ""


def _asked(me: Caller) -> Iterator[Seen]:
    calls = [call for call in me.simulator.world.calls(DAY) if call.is_exportable]
    for number in (1, 2):
        paging = {"pageSize": 6, "pageNumber": number}
        query = {"interval": INTERVAL, "paging": paging}
        yield me.post("/api/v2/analytics/conversations/details/query", query)
        yield me.get(SETTINGS)
    items = [{"conversationId": call.conversation_id} for call in calls]
    batch = me.post("/api/v2/recording/batchrequests", {"batchDownloadRequestList": items})
    yield batch
    if batch.status == 200 and b"id" in batch.body:
        path = f"/api/v2/recording/batchrequests/{batch.json['id']}"
        yield from (me.get(path) for _ in range(4))
    for call in calls:
        yield me.get(f"/api/v2/conversations/{call.conversation_id}/recordingmetadata")
        yield fetch(link(me.simulator, call))
        yield fetch(link(me.simulator, call), "Range: bytes=1000-")
