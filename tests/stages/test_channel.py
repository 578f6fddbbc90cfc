"""Threads hand things on in order, never too many at a time, and all wake up when it ends."""

import threading
from collections.abc import Callable

import pytest

from recordings_pipeline.stages.channel import Channel, Halted

LONG_S = 30.0


def beside(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_items_come_in_order_until_it_is_closed() -> None:
    channel: Channel[int] = Channel(2)

    def fill() -> None:
        for number in range(100):
            channel.put(number)
        channel.close()

    thread = beside(fill)

    assert list(channel) == list(range(100))
    thread.join()
    assert channel.is_over


def test_a_full_channel_waits_for_whoever_takes() -> None:
    channel: Channel[int] = Channel(1)
    channel.put(1)
    thread = beside(lambda: channel.put(2))

    assert channel.take(LONG_S) == 1
    assert channel.take(LONG_S) == 2
    thread.join()


def test_nothing_comes_of_an_empty_channel_in_time() -> None:
    channel: Channel[int] = Channel(1)

    assert channel.take(0) is None
    assert not channel.is_over


def test_a_halt_wakes_who_waits_for_room_and_who_waits_for_items() -> None:
    full: Channel[int] = Channel(1)
    empty: Channel[int] = Channel(1)
    full.put(1)
    woken = []

    def fill() -> None:
        with pytest.raises(Halted):
            full.put(2)
        woken.append("filler")

    def take() -> None:
        assert empty.take(LONG_S) is None
        woken.append("taker")

    threads = [beside(fill), beside(take)]
    full.halt()
    empty.halt()
    for thread in threads:
        thread.join()

    assert sorted(woken) == ["filler", "taker"]
    assert full.take(0) is None
    assert full.is_over
