"""The gate lets calls pass as long as the server has room for them."""

import threading

import pytest

from recordings_pipeline.core.allowance import DEFAULT_PER_MINUTE, ROUNDING_S, Spending
from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.genesys.budget import Clock, Gate
from recordings_pipeline.genesys.meter import Meter
from tests.hosts import Patience

FIRST = 0


def counted(used: int, reset_s: int = 20) -> dict[str, str]:
    return {
        "inin-ratelimit-count": str(used),
        "inin-ratelimit-allowed": "300",
        "inin-ratelimit-reset": str(reset_s),
    }


def impatient() -> tuple[Gate, Patience]:
    """Return a gate whose first wait is noted and ends in a request to stop."""
    stop = Patience(most_waits=1)
    return Gate(Meter(), stop), stop


def refused(gate: Gate) -> bool:
    try:
        gate.enter()
    except Interrupted:
        return True
    return False


def test_before_the_first_answer_as_many_pass_as_the_platform_allows_by_default() -> None:
    gate, stop = impatient()

    for _ in range(DEFAULT_PER_MINUTE):
        gate.enter()

    assert stop.waits == []
    assert refused(gate)


@pytest.mark.parametrize(
    ("used", "has_to_wait"),
    [(298, False), (299, False), (300, True), (301, True)],
    ids=["two places left", "one place left", "full", "over"],
)
def test_a_call_waits_once_the_server_has_counted_them_all(
    used: int,
    has_to_wait: bool,  # noqa: FBT001
) -> None:
    gate, stop = impatient()
    gate.enter()
    gate.leave(FIRST, counted(used))

    assert refused(gate) is has_to_wait
    assert stop.waits == ([pytest.approx(20.0 + ROUNDING_S, abs=1.0)] if has_to_wait else [])


def test_calls_on_the_way_take_places_that_the_server_has_not_counted_yet() -> None:
    gate, _ = impatient()
    gate.enter()
    gate.leave(FIRST, counted(297))

    assert [refused(gate) for _ in range(4)] == [False, False, False, True]


def test_a_call_that_got_no_answer_gives_its_place_back_and_changes_no_count() -> None:
    gate, _ = impatient()
    gate.enter()
    gate.leave(FIRST, counted(299))
    gate.enter()

    gate.leave(FIRST, None)

    assert [refused(gate) for _ in range(2)] == [False, True]


@pytest.mark.parametrize(
    "headers", [{}, {**counted(1), "inin-ratelimit-count": "many"}], ids=["none", "nonsense"]
)
def test_an_answer_without_a_count_leaves_the_last_one_standing(headers: dict[str, str]) -> None:
    gate, _ = impatient()
    gate.enter()
    gate.enter()
    gate.leave(FIRST, counted(300))

    gate.leave(FIRST, headers)

    assert refused(gate)


def test_a_count_is_void_when_its_window_has_ended() -> None:
    stop, seconds = Patience(most_waits=1), [100.0]
    gate = Gate(Meter(), stop, clock=Clock(lambda: seconds[0]))
    gate.enter()
    gate.leave(FIRST, counted(300, reset_s=5))
    seconds[0] += 5 + ROUNDING_S

    gate.enter()

    assert stop.waits == []


@pytest.mark.parametrize("reset_s", [59, 60, 61, 86_400])
def test_no_window_is_longer_than_a_minute(reset_s: int) -> None:
    gate, stop = impatient()
    gate.enter()
    gate.leave(FIRST, counted(300, reset_s))

    assert refused(gate)
    assert stop.waits == [pytest.approx(min(reset_s, 60) + ROUNDING_S, abs=0.9)]


@pytest.mark.parametrize(
    ("closings", "expected_s"),
    [((30.0,), 30.0), ((30.0, 10.0), 30.0), ((10.0, 30.0), 30.0)],
    ids=["once", "then for less", "then for more"],
)
def test_the_longest_closing_holds(closings: tuple[float, ...], expected_s: float) -> None:
    gate, stop = impatient()
    for seconds in closings:
        gate.close_for(seconds)

    assert refused(gate)
    assert stop.waits == [pytest.approx(expected_s, abs=1.0)]


def test_a_closed_gate_opens_by_itself() -> None:
    meter = Meter()
    gate = Gate(meter, threading.Event())
    gate.close_for(0.02)

    gate.enter()

    assert meter.reading().waits.allowance_s >= 0.015


def test_whoever_asks_is_told_what_is_used_and_whether_anybody_waits() -> None:
    stop = threading.Event()
    gate = Gate(Meter(), stop)
    number = gate.enter()
    waiting = threading.Thread(target=wait_until_stopped, args=(gate,))

    before = gate.spending()
    waiting.start()
    while not (during := gate.spending()).is_awaited:
        assert waiting.is_alive()
    stop.set()
    waiting.join()
    gate.leave(number, counted(7))
    after = gate.spending()

    assert before == Spending(used=1, allowed=300, is_awaited=False)
    assert during == Spending(used=1, allowed=300, is_awaited=True)
    assert after == Spending(used=7, allowed=300, is_awaited=False)


def wait_until_stopped(gate: Gate) -> None:
    with pytest.raises(Interrupted):
        gate.wait(60.0)


def test_a_wait_is_counted() -> None:
    meter = Meter()

    Gate(meter, threading.Event()).wait(0.01)

    assert meter.reading().waits.allowance_s >= 0.009


@pytest.mark.parametrize("act", [Gate.enter, lambda gate: gate.wait(60.0)], ids=["enter", "wait"])
def test_after_the_request_to_stop_nothing_passes_and_nothing_waits(act: object) -> None:
    stop = threading.Event()
    meter = Meter()
    stop.set()

    with pytest.raises(Interrupted):
        act(Gate(meter, stop))  # type: ignore[operator]

    assert meter.reading().waits.allowance_s == 0.0


def test_a_faster_clock_makes_windows_and_waits_shorter() -> None:
    stop, meter = Patience(most_waits=1), Meter()
    gate = Gate(meter, stop, clock=Clock(speed=10.0))
    gate.enter()
    gate.leave(FIRST, counted(300))

    assert refused(gate)
    assert stop.waits == [pytest.approx((20.0 + ROUNDING_S) / 10, abs=0.1)]


def test_a_limit_that_is_promised_holds_until_an_answer_says_better() -> None:
    gate, stop = impatient()
    gate.promise(2)

    assert [refused(gate) for _ in range(3)] == [False, False, True]
    assert len(stop.waits) == 1


class Telltale(threading.Event):
    """A stop event that says when somebody has begun to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.is_waited_for = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.is_waited_for.set()
        return super().wait(timeout)


def test_a_request_to_stop_ends_a_wait_that_has_begun() -> None:
    stop = Telltale()
    gate = Gate(Meter(), stop)
    gate.close_for(60.0)
    outcomes: list[bool] = []
    thread = threading.Thread(target=lambda: outcomes.append(refused(gate)), daemon=True)

    thread.start()
    assert stop.is_waited_for.wait(10.0)
    stop.set()
    thread.join(10.0)

    assert outcomes == [True]
