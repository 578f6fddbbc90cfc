"""What runs at once grows while that helps, and halves when somebody is overwhelmed."""

import pytest

from recordings_pipeline.core.concurrency import (
    FIRST_LIMIT,
    Concurrency,
    Window,
    first_concurrency,
    is_setback,
)

MB = 1_000_000


def window(rate: int, *, setbacks: int = 0, was_full: bool = True) -> Window:
    return Window(rate * MB, 1.0, setbacks, was_full)


def test_it_grows_by_half_while_more_brings_more() -> None:
    found = Concurrency(16, 64)

    for rate in (100, 150, 200):
        found = found.after(window(rate))

    assert found.limit == 54


def test_it_stays_where_more_brings_nothing() -> None:
    grown = Concurrency(16, 64).after(window(100))

    assert grown.after(window(102)).limit == grown.limit


def test_slots_that_were_not_used_say_nothing() -> None:
    assert Concurrency(16, 64).after(window(100, was_full=False)).limit == 16


def test_a_setback_halves_it_and_it_may_grow_again() -> None:
    grown = Concurrency(16, 64).after(window(100))

    halved = grown.after(window(100, setbacks=1))

    assert halved.limit == grown.limit // 2
    assert halved.after(window(60)).limit > halved.limit


def test_it_never_leaves_its_bounds() -> None:
    lowest, highest = Concurrency(1, 64), Concurrency(64, 64)

    assert lowest.after(window(0, setbacks=9)).limit == 1
    assert highest.after(window(100)).limit == 64


def test_a_single_connection_grows_as_well() -> None:
    assert Concurrency(1, 64).after(window(1)).limit == 2


def test_what_was_best_is_forgotten_so_that_a_better_line_is_noticed() -> None:
    found = Concurrency(16, 64).after(window(100))
    limit = found.limit

    for _ in range(40):
        found = found.after(window(90))

    assert found.limit > limit


@pytest.mark.parametrize(
    ("most", "descriptors", "first", "highest"),
    [
        (64, 65_536, FIRST_LIMIT, 64),
        (64, 256, FIRST_LIMIT, 35),
        (64, 160, 3, 3),
        (4, 65_536, 4, 4),
        (64, 10, 1, 1),
    ],
)
def test_it_begins_with_what_the_person_and_the_system_allow(
    most: int, descriptors: int, first: int, highest: int
) -> None:
    found = first_concurrency(most, descriptors)

    assert (found.limit, found.most) == (first, highest)


@pytest.mark.parametrize(
    ("status", "seconds", "is_bad"),
    [
        (200, 1, False),
        (404, 1, False),
        (200, 11, True),
        (429, 1, True),
        (503, 1, True),
        (None, 1, True),
    ],
)
def test_the_api_is_asked_too_much_when_it_refuses_fails_is_silent_or_slow(
    status: int | None, seconds: float, *, is_bad: bool
) -> None:
    assert is_setback(status, seconds) is is_bad
