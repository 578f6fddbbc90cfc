"""A lever keeps the recordings of so many conversations back, and shows them again."""

from typing import Any

import pytest

from tests.simulator.raw import Caller

Json = Any
DAY = "2026-01-30"
BATCHES = "/api/v2/recording/batchrequests"


def hide(me: Caller, **more: int) -> list[str]:
    """Pull the lever for a day, and return whose recordings are kept back."""
    ids: list[str] = me.post("/simulator/hide", {"day": DAY, **more}).json["conversation_ids"]
    return ids


def listed(me: Caller, conversation_id: str) -> int:
    return len(me.get(f"/api/v2/conversations/{conversation_id}/recordingmetadata").json)


def in_a_batch(me: Caller, conversation_ids: list[str]) -> list[str]:
    """Return which conversations a batch has something of."""
    items = [{"conversationId": id_} for id_ in conversation_ids]
    batch = me.post(BATCHES, {"batchDownloadRequestList": items}).json["id"]
    polls = [me.get(f"{BATCHES}/{batch}").json for _ in range(3)]
    assert polls[-1]["status"] == "Completed"
    return [result["conversationId"] for result in polls[-1]["results"]]


def test_recordings_of_so_many_conversations_are_kept_back_until_they_are_shown(me: Caller) -> None:
    one = hide(me)
    two = hide(me, count=2)
    seen = [listed(me, id_) for id_ in two], in_a_batch(me, two)
    again = hide(me)
    seen_again = [listed(me, id_) for id_ in two], in_a_batch(me, two)
    nobody = hide(me, count=0)

    assert (len(two), two[:1], again, nobody) == (2, one, one, [])
    assert seen == ([0, 0], [])
    assert seen_again == ([0, 1], two[1:])
    assert [listed(me, id_) for id_ in two] == [1, 1]
    assert in_a_batch(me, two) == two


@pytest.mark.parametrize(
    "payload",
    [{}, {"day": "never"}, {"day": DAY, "count": -1}, {"day": DAY, "count": "1"},
     {"day": DAY, "count": True}, {"day": DAY, "count": False}, {"day": DAY, "count": 1.0}],
)  # fmt: skip
def test_hiding_what_makes_no_sense_is_refused(me: Caller, payload: Json) -> None:
    assert me.post("/simulator/hide", payload).status == 400
