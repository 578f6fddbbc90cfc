"""A fault that hits is counted once, and no more often than it may hit."""

from collections.abc import Generator
from pathlib import Path

import pytest

from recordings_pipeline.simulator.faults import Alter, Fault, When
from recordings_pipeline.simulator.site import Hit
from recordings_pipeline.simulator.state import State
from tests.simulator.raw import DAY, Caller

TWICE = Fault("hide", ("recordings",), Alter("hide"), When(times=2))


@pytest.fixture
def states(tmp_path: Path) -> Generator[tuple[State, State]]:
    """Be two processes over the same state."""
    one, other = State(tmp_path), State(tmp_path)
    yield one, other
    one.close()
    other.close()


def test_a_request_counts_once_however_often_it_is_asked_about(states: tuple[State, State]) -> None:
    hit = Hit(states[0], TWICE, "x")

    answers = [hit.suffers("stuck"), hit.suffers("hide"), hit.suffers("hide"), hit.fires()]

    assert answers == [False, True, True, True]
    assert states[1].counters() == {"fault hide": 1}
    assert states[1].times_hit("hide", "x") == 1


def test_requests_chosen_at_once_share_what_an_object_may_suffer(
    states: tuple[State, State],
) -> None:
    chosen = [Hit(states[number % 2], TWICE, "x") for number in range(5)]

    fired = [hit.fires() for hit in chosen]

    assert fired == [True, True, False, False, False]
    assert states[0].counters() == {"fault hide": 2}
    assert states[0].times_hit("hide", "y") == 0


@pytest.mark.parametrize(("fault", "batches"), [("unavailable", 0), ("reset", 1)])
def test_what_is_refused_was_not_done_and_what_is_cut_was(
    me: Caller, fault: str, batches: int
) -> None:
    call_id = me.simulator.world.calls(DAY)[0].conversation_id
    before = me.get("/simulator/status").json["counters"].get("batches", 0)
    me.suffer(fault)

    item = {"batchDownloadRequestList": [{"conversationId": call_id}]}
    hit = me.post("/api/v2/recording/batchrequests", item)

    after = me.get("/simulator/status").json["counters"].get("batches", 0)
    assert hit.status in (503, 0)
    assert after - before == batches
    assert me.fired() == {fault: 1}
