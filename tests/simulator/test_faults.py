"""Which requests a fault plan hits."""

from collections import Counter
from collections.abc import Sequence

import pytest

from recordings_pipeline.simulator.faults import (
    Alter,
    Cut,
    Fault,
    Replace,
    Request,
    When,
    fault_of,
    is_drawn,
    object_of,
)

IDS = [f"id-{number}" for number in range(1_000)]


def fault(name: str = "a", when: When | None = None, *routes: str) -> Fault:
    return Fault(name, routes or ("details",), Replace(500), when or When())


def asked(key: str = "", number: int = 1, route: str = "details") -> Request:
    return Request(route, is_api=True, key=key, number=number)


def hits(plan: Sequence[Fault], requests: Sequence[Request], seed: int = 1) -> list[str | None]:
    """Return which faults hit the requests, one after the other, each counted."""
    counted: Counter[tuple[str, str]] = Counter()
    found: list[str | None] = []
    for request in requests:
        hit = fault_of(
            plan, request, seed=seed, times_hit=lambda fault, key: counted[fault.name, key]
        )
        found.append(None if hit is None else hit.name)
        if hit is not None:
            counted[hit.name, request.key or request.route] += 1
    return found


@pytest.mark.parametrize(
    ("when", "numbers"),
    [
        (When(), [1, 2, 3, 4, 5, 6]),
        (When(every=1), [1, 2, 3, 4, 5, 6]),
        (When(every=2), [2, 4, 6]),
        (When(every=7), []),
        (When(numbers=(1,)), [1]),
        (When(numbers=(2, 5, 9)), [2, 5]),
        (When(numbers=(3,), every=2), [3]),
        (When(share=0), []),
        (When(share=1), [1, 2, 3, 4, 5, 6]),
        (When(times=1), [1]),
        (When(times=2), [1, 2]),
        (When(times=1, numbers=(2, 3)), [2]),
    ],
)
def test_a_plan_says_which_requests_are_hit(when: When, numbers: list[int]) -> None:
    found = hits([fault("a", when)], [asked(number=number) for number in range(1, 7)])

    assert [number for number, name in enumerate(found, 1) if name] == numbers


def test_times_are_counted_for_each_object() -> None:
    requests = [asked("x", 1), asked("y", 2), asked("x", 3), asked("y", 4), asked("y", 5)]

    assert hits([fault("a", When(times=2))], requests) == ["a", "a", "a", "a", None]


@pytest.mark.parametrize(
    ("share", "key", "counted_for"),
    [(1, "x", "x"), (0.5, "x", "x"), (1, "", "details"), (0.5, "", "7")],
)
def test_times_are_counted_for_an_id_or_what_stands_for_it(
    share: float, key: str, counted_for: str
) -> None:
    assert object_of(fault("a", When(times=1, share=share)), asked(key, 7)) == counted_for


def test_the_first_fault_that_hits_wins_and_the_next_has_what_it_leaves() -> None:
    plan = [fault("a", When(every=2)), fault("b", When(times=2)), fault("c", When(numbers=(5, 6)))]

    found = hits(plan, [asked(number=number) for number in range(1, 8)])

    assert found == ["b", "a", "b", "a", "c", "a", None]


@pytest.mark.parametrize(
    ("routes", "route", "is_api", "is_hit"),
    [
        (("details",), "details", True, True),
        (("details",), "poll", True, False),
        (("details", "poll"), "poll", True, True),
        (("api",), "poll", True, True),
        (("api",), "login", False, False),
        (("api",), "media", False, False),
        (("media",), "media", False, True),
    ],
)
def test_a_fault_hits_its_routes_only(
    routes: tuple[str, ...], route: str, *, is_api: bool, is_hit: bool
) -> None:
    request = Request(route, is_api=is_api, key="x", number=1)

    assert bool(fault_of([fault("a", None, *routes)], request, seed=1, times_hit=never)) is is_hit


def never(_fault: Fault, _key: str) -> int:
    return 0


@pytest.mark.parametrize("what", ["ignore-range", "wrong-range", "refuse-range"])
def test_a_fault_of_ranges_waits_for_one(what: str) -> None:
    plan = [
        Fault("range", ("media",), Alter(what)),
        Fault("cut", ("media",), Cut(0.5, "reset")),
    ]
    requests = [
        Request("media", is_api=False, key="x", number=1, is_range=is_range)
        for is_range in (False, True)
    ]

    assert hits(plan, requests) == ["cut", "range"]


@pytest.mark.parametrize("share", [0.05, 0.3, 0.95])
def test_a_share_is_one(share: float) -> None:
    drawn = sum(is_drawn(1, "a", key, share) for key in IDS)

    assert abs(drawn - share * len(IDS)) < 50


def test_seed_name_and_id_choose_and_nothing_else() -> None:
    chosen = chosen_by(1, "a")

    assert chosen == chosen_by(1, "a")
    assert chosen != chosen_by(2, "a")
    assert chosen != chosen_by(1, "b")


def chosen_by(seed: int, name: str) -> list[str]:
    plan = [fault(name, When(share=0.1))]
    found = [
        key for number, key in enumerate(IDS) if hits(plan, [asked(key, number)], seed) == [name]
    ]
    reversed_ = [key for key in reversed(IDS) if hits(plan, [asked(key, 1)], seed) == [name]]
    assert found == reversed_[::-1]
    return found


def test_the_choice_is_the_same_on_every_machine_and_in_every_version() -> None:
    assert [key for key in IDS[:40] if is_drawn(1, "cut-bodies", key, 0.1)] == CHOSEN


# Written down once: who changes it changes what every plan with a share does.
CHOSEN = ["id-0", "id-18", "id-35", "id-36"]
