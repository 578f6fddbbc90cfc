"""Misbehaviour as data: a plan says which requests are hit, and what then happens.

The same plan and the same requests give the same misbehaviour, request for request: what is hit is
counted, or drawn from the id of what is asked for, never left to chance.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Replace:
    """Another answer in place of the right one.

    Attributes:
        headers: Added to, or in place of, the usual ones.
    """

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cut:
    """The right answer, but its body stops.

    Attributes:
        after: Share of the body that is sent; from 1 on, bytes of it. With 0 nothing at all is
            sent, not even a status line.
        how: ``reset`` (RST), ``close`` (FIN) or ``hang`` (nothing more, connection open).
    """

    after: float
    how: str


@dataclass(frozen=True, slots=True)
class Drip:
    """The right answer, slowly: its body comes at a rate, in a hundredth of a second's drops."""

    bytes_per_s: float


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The right body under wrong headers; a header that is None is left out."""

    headers: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Distort:
    """A JSON answer changed by one of the functions in `distortions`."""

    how: str


@dataclass(frozen=True, slots=True)
class Alter:
    """Something only the endpoint itself can do, by name."""

    what: str


Act = Replace | Cut | Drip | Rewrite | Distort | Alter
HOWS = ("reset", "close", "hang")
# What can only go wrong with an answer to a request for a range.
_OF_RANGES = (Alter("ignore-range"), Alter("wrong-range"), Alter("refuse-range"))


@dataclass(frozen=True, slots=True)
class When:
    """Which requests of a route are hit; all of them if nothing is given.

    Everything is counted from the moment the plan is in force.

    Attributes:
        every: Each n-th request of the route.
        numbers: These requests of the route, from 1.
        share: This share of the objects asked for, chosen by their ids.
        times: An object that was chosen is hit so often; 0 for always.
    """

    every: int = 0
    numbers: tuple[int, ...] = ()
    share: float = 1.0
    times: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of misbehaviour.

    Attributes:
        name: What it is called in the catalogue, on the page, and by whoever asks for it.
        routes: Labels of the routes it can hit; ``api`` stands for every API route.
        act: What happens.
        when: To which requests.
    """

    name: str
    routes: tuple[str, ...]
    act: Act
    when: When = When()


@dataclass(frozen=True, slots=True)
class Request:
    """What decides whether a fault hits.

    Attributes:
        route: Its label.
        is_api: Whether ``api`` means it.
        key: Id of what is asked for; empty where there is none.
        number: How many requests its route has had under this plan, this one included.
        is_range: Whether it asks for a part.
    """

    route: str
    is_api: bool
    key: str
    number: int
    is_range: bool = False


def fault_of(
    faults: Sequence[Fault],
    request: Request,
    *,
    seed: int,
    times_hit: Callable[[Fault, str], int],
) -> Fault | None:
    """Return the first fault of a plan that may hit a request.

    Args:
        faults: The plan.
        request: The request.
        seed: The world's: another seed chooses other objects.
        times_hit: Returns how often a fault has hit an object before; asked only about faults
            with ``times``.
    """
    for fault in faults:
        if _is_for(fault, request) and _is_chosen(fault, request, seed):
            times = fault.when.times
            if not times or times_hit(fault, object_of(fault, request)) < times:
                return fault
    return None


def object_of(fault: Fault, request: Request) -> str:
    """Return what ``times`` counts for: an id; where none is asked for, the route.

    A share of requests without an id is drawn by their numbers: each of them is its own object.
    """
    return request.key or (str(request.number) if fault.when.share < 1 else request.route)


def is_drawn(seed: int, name: str, key: str, share: float) -> bool:
    """Say whether an object belongs to a share of all objects; the id decides."""
    digest = hashlib.blake2b(f"{seed}\0{name}\0{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64


def _is_for(fault: Fault, request: Request) -> bool:
    if fault.act in _OF_RANGES and not request.is_range:
        return False
    return request.route in fault.routes or (request.is_api and "api" in fault.routes)


def _is_chosen(fault: Fault, request: Request, seed: int) -> bool:
    when = fault.when
    if when.numbers:
        return request.number in when.numbers
    if when.every:
        return request.number % when.every == 0
    if when.share >= 1:
        return True
    return is_drawn(seed, fault.name, request.key or str(request.number), when.share)
