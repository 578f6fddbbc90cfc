"""Batch requests under way: made ahead of their use, asked about when each is due."""

import time
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from recordings_pipeline.core.batches import usable_s
from recordings_pipeline.core.errors import NotFound, PermissionMissing
from recordings_pipeline.core.model import BatchState, Verdict
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.core.throughput import Waits
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.refusals import Asked, requested

# The vendor's samples poll every 5 s; a small batch is ready sooner, a slow one takes ten polls in
# its first half minute either way.
SLOWEST_POLL_S = 5.0
POLL_GROWTH = 1.6
# An archived recording comes back within minutes to hours.
SLOWEST_ARCHIVED_POLL_S = 60.0
# What takes longer than this is asked for again later.
DEADLINE_S = 1_800.0
# One is used up while the next gets ready.
AHEAD = 2


@dataclass(slots=True)
class Request:
    """A batch request under way.

    Attributes:
        conversation_ids: What it asks for.
        pause_s: Seconds until it is asked about the next time.
        due: When to ask about it, by the monotonic clock like all times here.
        is_second: Whether it was made in place of one that could not be read.
    """

    batch_id: str
    conversation_ids: tuple[str, ...]
    pause_s: float
    standings: tuple[Standing, ...] = ()
    is_archived: bool = False
    made: float = field(default_factory=time.monotonic)
    due: float = 0.0
    is_second: bool = False

    def __post_init__(self) -> None:
        self.due = self.made + self.pause_s

    @property
    def is_over(self) -> bool:
        """Whether its time is over."""
        return time.monotonic() - self.made >= DEADLINE_S


class Kind(NamedTuple):
    """What recordings have batches of their own: they would hold up, or spoil, those of others.

    Attributes:
        is_archived: Whether they lie in the archive.
        is_suspect: Whether a request was refused for their sake before.
    """

    is_archived: bool = False
    is_suspect: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Recordings for whose sake a request is refused, and how they stand."""

    standings: tuple[Standing, ...]
    verdict: Verdict


class Requests:
    """All requests of a run; fresh ones are few at a time, archived ones wait beside them."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._under_way: list[Request] = []

    def __len__(self) -> int:
        return len(self._under_way)

    @property
    def is_enough(self) -> bool:
        """Whether another one would be made too early to be used."""
        return sum(not request.is_archived for request in self._under_way) >= AHEAD

    def make(self, standings: list[Standing], kind: Kind) -> list[Refused]:
        """Ask for the recordings of some conversations; return those that are refused."""
        by_conversation: dict[str, list[Standing]] = {}
        for standing in standings:
            by_conversation.setdefault(standing.conversation_id, []).append(standing)
        client, refused = self._export.client, []
        for asked in requested(
            client, self._export.refusals, list(by_conversation), is_suspect=kind.is_suspect
        ):
            its = tuple(chain.from_iterable(by_conversation[id_] for id_ in asked.conversation_ids))
            if asked.verdict is not None:
                refused.append(Refused(its, asked.verdict))
            else:
                ids = asked.conversation_ids
                request = Request(asked.batch_id, ids, client.poll_s, its, kind.is_archived)
                self._under_way.append(request)
        return refused

    def next(self) -> tuple[Request, BatchState]:
        """Wait for the request that ends first, and forget it; it may have run out of time."""
        while True:
            request = min(self._under_way, key=lambda found: found.due)
            state = polled(self._export, request)
            if state.is_completed or request.is_over:
                self._under_way.remove(request)
                return request, state


def polled(export: Export, request: Request) -> BatchState:
    """Ask about a request once it is due; it is due again after a longer pause."""
    began = time.monotonic()
    export.client.wait(max(request.due - began, 0.0))
    export.client.meter.waited(Waits(polling_s=time.monotonic() - began))
    state = _read(export, request)
    slowest = SLOWEST_ARCHIVED_POLL_S if request.is_archived else SLOWEST_POLL_S
    request.pause_s = max(request.pause_s, min(request.pause_s * POLL_GROWTH, slowest))
    request.due = time.monotonic() + request.pause_s
    return state


def _read(export: Export, request: Request) -> BatchState:
    """Read the state of a request; make it anew, once, where the source denies it.

    It is its maker's alone: whoever has other credentials than a minute ago has to ask anew.
    """
    try:
        return export.client.batch(request.batch_id)
    except (NotFound, PermissionMissing):
        if request.is_second:
            raise
    request.is_second = True
    request.batch_id = export.client.request_batch(request.conversation_ids)
    request.made = time.monotonic()
    return export.client.batch(request.batch_id)


def awaited(export: Export, asked: Asked) -> tuple[str, BatchState]:
    """Poll one request until it is completed, or its time is over; return its id as well."""
    request = Request(asked.batch_id, asked.conversation_ids, export.client.poll_s)
    while True:
        state = polled(export, request)
        if state.is_completed or request.is_over:
            return request.batch_id, state


def good_until(export: Export, request: Request) -> float:
    """Return when the URLs of a request expire, by the monotonic clock."""
    return request.made + usable_s(export.url_lifetime_s())
