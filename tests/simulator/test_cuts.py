"""Every byte that was announced as coming before a cut arrives, and none after it."""

import time

import pytest

from recordings_pipeline.simulator.faults import Drip, Fault
from recordings_pipeline.simulator.server import Simulator
from tests.conftest import Start
from tests.simulator.raw import FIN, MORE, QUIET_S, RST, SILENCE, Caller, caller, fetch, link, told

ENDS = {"reset": RST, "close": FIN, "hang": SILENCE}


def whole(me: Caller) -> bytes:
    return me.simulator.media(str(told(me.simulator).recording_id))


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("after", [0, 1, 2, 99_999, 0.25, 0.999, 10**9])
def test_a_body_is_cut_at_the_very_byte(me: Caller, how: str, after: float) -> None:
    content = whole(me)
    me.plan([{"route": "media", "cut": after, "how": how}])

    most_s = 10 if after or how != "hang" else 0.5
    seen = fetch(link(me.simulator), most_s=most_s, quiet_s=QUIET_S)

    expected = min(len(content), int(after if after >= 1 else after * len(content)))
    assert seen.end == ENDS[how]
    assert seen.body == content[:expected]
    assert seen.status == (200 if after else 0)


def test_a_slow_reader_gets_all_that_comes_before_a_reset(me: Caller) -> None:
    content = whole(me)
    me.plan("cut-bodies")

    seen = fetch(link(me.simulator), buffer=16_384)

    assert (seen.end, seen.body) == (RST, content[: len(content) // 2])


def test_a_slow_reader_gets_nothing_but_the_file_without_a_length(me: Caller) -> None:
    me.plan("no-length")

    seen = fetch(link(me.simulator), buffer=16_384)

    assert (seen.end, seen.body) == (FIN, whole(me))


@pytest.mark.parametrize(
    ("plan", "share", "end"),
    [
        ("cut-bodies", 0.5, RST),
        ("early-close", 0.5, FIN),
        ("no-length", 1, FIN),
        ("no-etag", 1, FIN),
        ("length-too-long", 1, FIN),
        ("wrong-type", 1, FIN),
    ],
)
def test_a_part_goes_wrong_like_a_whole(me: Caller, plan: str, share: float, end: str) -> None:
    content = whole(me)
    me.plan(plan)

    seen = fetch(link(me.simulator), "Range: bytes=1000-50999")

    assert (seen.status, seen.end) == (206, end)
    assert seen.headers["content-range"] == f"bytes 1000-50999/{len(content)}"
    assert seen.body == content[1000 : 1000 + int(50_000 * share)]


def test_a_hung_connection_does_not_hold_up_the_others(me: Caller) -> None:
    me.plan("stalled-bodies@1")

    hung = fetch(link(me.simulator), quiet_s=QUIET_S)
    others = [fetch(link(me.simulator)) for _ in range(5)]

    assert hung.end == SILENCE
    assert all(seen.is_whole for seen in others)


def test_counters_say_what_was_sent(start: Start) -> None:
    me = caller(start(faults="cut-bodies"))

    seen = [fetch(link(me.simulator)) for _ in range(3)]

    size = len(whole(me))
    traffic = me.simulator.traffic
    assert traffic.media_bytes == sum(len(s.body) for s in seen) == size // 2 + 2 * size
    assert traffic.cut_bodies == 1
    assert traffic.faults == {"cut-bodies": 1}


def unsent(simulator: Simulator) -> int:
    """Return the counter once it is more than zero, or zero after a while."""
    until = time.monotonic() + 10
    while not (found := simulator.traffic.media_unsent_bytes) and time.monotonic() < until:
        time.sleep(0.01)
    return found


def test_counters_say_what_was_not_sent_because_the_client_had_gone(start: Start) -> None:
    slowly = Fault("slowly", ("media",), Drip(200_000))
    me = caller(start(faults=(slowly,)))

    seen = fetch(link(me.simulator), most_s=0.3)

    sent = len(whole(me)) - unsent(me.simulator)
    assert seen.end == MORE
    assert me.simulator.traffic.media_bytes == len(whole(me))
    # It writes on until it hears that nobody listens.
    assert len(seen.body) <= sent <= len(seen.body) + 100_000


@pytest.mark.parametrize("rate", [50_000, 1_000_000])
def test_a_body_comes_at_its_rate(me: Caller, rate: int) -> None:
    me.plan([{"route": "media", "bytes_per_s": rate}])

    seen = fetch(link(me.simulator), "Range: bytes=0-49999")

    assert len(seen.body) == 50_000
    assert 0.9 * 50_000 / rate < seen.took_s < 50_000 / rate + 0.5
