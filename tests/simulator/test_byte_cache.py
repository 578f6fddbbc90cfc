"""What was expensive is made once and kept within a number of bytes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from recordings_pipeline.simulator.byte_cache import ByteCache


def make(size: int) -> bytes:
    return bytes(size)


def test_a_kept_value_is_not_made_again() -> None:
    cache: ByteCache[bytes] = ByteCache(10)

    first = cache.get("a", lambda: make(3))

    assert cache.get("a", lambda: make(4)) is first
    assert cache.made_count == 1


def test_it_keeps_no_more_than_its_limit() -> None:
    cache: ByteCache[bytes] = ByteCache(10)

    for key in range(20):
        cache.get(key, lambda: make(3))

        assert cache.held_bytes <= 10


def test_what_was_not_used_for_longest_goes_first() -> None:
    cache: ByteCache[bytes] = ByteCache(6)
    old, other = cache.get("old", lambda: make(3)), cache.get("other", lambda: make(3))

    cache.get("old", lambda: make(3))
    cache.get("new", lambda: make(3))

    assert cache.get("old", lambda: make(3)) is old
    assert cache.get("other", lambda: make(3)) is not other


def test_a_value_above_the_limit_is_handed_out_and_pushes_nothing_out() -> None:
    cache: ByteCache[bytes] = ByteCache(6)
    small = cache.get("small", lambda: make(3))

    assert len(cache.get("big", lambda: make(7))) == 7
    assert cache.get("small", lambda: make(3)) is small
    assert cache.held_bytes == 3


def test_threads_that_ask_for_the_same_make_it_once() -> None:
    cache: ByteCache[bytes] = ByteCache(10**6)
    together = Barrier(8)

    def ask(_: int) -> bytes:
        together.wait()
        return cache.get("a", lambda: make(10**5))

    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(ask, range(8)))

    assert all(value is values[0] for value in values)
    assert cache.made_count == 1


def test_after_a_failure_the_next_may_try_again() -> None:
    cache: ByteCache[bytes] = ByteCache(10)

    def fail() -> bytes:
        raise OSError("no luck")

    with pytest.raises(OSError, match="no luck"):
        cache.get("a", fail)

    assert cache.get("a", lambda: make(2)) == make(2)


def test_whoever_waits_for_what_is_being_made_shares_its_failure() -> None:
    cache: ByteCache[bytes] = ByteCache(10)
    makers: list[int] = []
    together = Barrier(2)

    def ask(number: int) -> str:
        def fail() -> bytes:
            makers.append(number)
            raise OSError(f"no luck for {number}")

        together.wait()
        try:
            cache.get("a", fail)
        except OSError as error:
            return str(error)
        return "made"

    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(ask, range(2)))

    assert answers == {f"no luck for {number}" for number in makers}
