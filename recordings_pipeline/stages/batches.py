"""Signed URLs for recordings, a hundred conversations at a time, a little ahead of their use."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from recordings_pipeline.core.batches import conversations_per_batch, usable_s
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import NotFound, PermissionMissing
from recordings_pipeline.core.model import BatchState, Media, Outcome, Verdict
from recordings_pipeline.core.refusals import was_refused
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.refusals import Asked, requested
from recordings_pipeline.stages.requests import Kind, Refused, Requests, awaited, good_until

_ARCHIVED = "ARCHIVED"
# What was refused comes last: by then it is known whether anything is accepted.
_KINDS = ((False, False), (True, False), (False, True), (True, True))


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one batch request brought for the recordings it was made for.

    Attributes:
        is_completed: Whether the platform was done; if not, absent recordings may still come.
        media: Results by recording, in the order of the platform; empty for a withheld one.
        others: Conversations of recordings that came along because they belong to the same ones.
        good_until: When the URLs expire, by the monotonic clock.
        refusal: How all of them stand when the request was refused for their sake; else None.
    """

    standings: tuple[Standing, ...]
    is_completed: bool
    media: dict[str, list[Media]]
    others: dict[str, str]
    good_until: float
    refusal: Verdict | None = None


def nothing_known() -> float | None:
    """Say that nobody knows yet how fast recordings are fetched."""
    return None


def deliveries(
    export: Export,
    day: Day,
    wanted: Iterable[Sequence[Standing]],
    *,
    is_first: bool = True,
    recordings_per_s: Callable[[], float | None] = nothing_known,
) -> Iterator[Delivery]:
    """Come by URLs for recordings batch by batch, two requests ahead of who uses them.

    What the index came by a moment ago is used first, then the requests it made are read again,
    and only then new ones are made. Archived recordings have batches of their own, which are
    waited for at the end: one of them would hold up ninety-nine others.

    Args:
        export: The export at work.
        day: The day of the recordings.
        wanted: The recordings, some at a time; those of one earlier request together.
        is_first: Whether this is the first try; a second one does not trust old requests.
        recordings_per_s: Says how fast they are used, once somebody knows.
    """
    requests, pools = Requests(export), {Kind(*kind): _Pool() for kind in _KINDS}

    def asked(*, is_end: bool) -> Iterator[Delivery]:
        for kind, pool in pools.items():
            while pool and (len(pool) >= (size := _size(export, recordings_per_s)) or is_end):
                while requests.is_enough and not kind.is_archived:
                    yield _next(export, requests)
                for refused in requests.make(pool.taken(size), kind):
                    yield _refused(refused)

    for some in wanted:
        left = list(some)
        if is_first:
            left = yield from _held(export, left)
            left = yield from _requested_before(export, day, left)
        for standing in left:
            pools[_kind(export, standing)].add(standing)
        yield from asked(is_end=False)
    yield from asked(is_end=True)
    while requests:
        yield _next(export, requests)


def completed_batches(
    export: Export, conversation_ids: Sequence[str]
) -> Iterator[tuple[Asked, list[Media]]]:
    """Request a batch for some conversations, wait for it, and keep its URLs.

    Yields:
        A request and its results, which are empty when the platform did not finish in time; more
        than one, and what is refused, where one of the conversations has all of them refused.
    """
    for asked in requested(export.client, export.refusals, conversation_ids):
        yield (asked, []) if asked.verdict else _completed(export, asked)


def _completed(export: Export, asked: Asked) -> tuple[Asked, list[Media]]:
    batch_id, state = awaited(export, asked)
    media = list(state.results) if state.is_completed else []
    # Of a recording with one bad file none is kept: the others would pass for all there are.
    bad = {item.recording_id for item in media if item.has_error}
    whole = (item for item in media if item.recording_id not in bad)
    export.links.keep(whole, export.url_lifetime_s())
    return replace(asked, batch_id=batch_id), media


class _Pool:
    """Recordings by conversation, in the order they came; its length counts conversations."""

    def __init__(self) -> None:
        self._conversations: dict[str, list[Standing]] = {}

    def __len__(self) -> int:
        return len(self._conversations)

    def add(self, standing: Standing) -> None:
        self._conversations.setdefault(standing.conversation_id, []).append(standing)

    def taken(self, count: int) -> list[Standing]:
        """Remove and return the recordings of the first conversations."""
        ids = list(self._conversations)[:count]
        return [standing for id_ in ids for standing in self._conversations.pop(id_)]


def _size(export: Export, recordings_per_s: Callable[[], float | None]) -> int:
    return conversations_per_batch(export.url_lifetime_s(), recordings_per_s())


def _kind(export: Export, standing: Standing) -> Kind:
    is_suspect = was_refused(standing.verdict) or standing.conversation_id in export.refusals
    return Kind(standing.row["file_state"] == _ARCHIVED, is_suspect)


def _refused(refused: Refused) -> Delivery:
    """Deliver nothing, and say why."""
    return Delivery(refused.standings, True, {}, {}, float("inf"), refused.verdict)  # noqa: FBT003


def _next(export: Export, requests: Requests) -> Delivery:
    request, state = requests.next()
    return _delivery(request.standings, state, good_until(export, request))


def _held(export: Export, wanted: list[Standing]) -> Generator[Delivery, None, list[Standing]]:
    """Deliver what the index left in memory; return the others."""
    left, ready, media, ends = [], [], {}, float("inf")
    for standing in wanted:
        kept = export.links.take(standing.recording_id)
        if kept is None:
            left.append(standing)
        else:
            ready.append(standing)
            media[standing.recording_id] = list(kept.media)
            ends = min(ends, kept.good_until)
    if ready:
        yield Delivery(tuple(ready), True, media, {}, ends)  # noqa: FBT003
    return left


def _requested_before(
    export: Export, day: Day, wanted: list[Standing]
) -> Generator[Delivery, None, list[Standing]]:
    """Deliver what requests of the index name, a call each; return the others."""
    if not wanted:
        return []
    known = export.ledger.days.known(day, (s.conversation_id for s in wanted))
    since = export.now() - timedelta(seconds=usable_s(export.url_lifetime_s()))
    requests: dict[str, list[Standing]] = {}
    left = []
    for standing in wanted:
        before = known.get(standing.conversation_id)
        is_new = standing.verdict.outcome is Outcome.DISCOVERED
        if before is not None and before.batch_id and is_new and before.asked > since:
            requests.setdefault(before.batch_id, []).append(standing)
        else:
            left.append(standing)
    for batch_id, group in requests.items():
        asked = min(known[standing.conversation_id].asked for standing in group)
        state = _read_again(export, batch_id)
        named = {item.recording_id for item in state.results} if state is not None else set()
        ready = [standing for standing in group if standing.recording_id in named]
        # What an old request does not name is asked for anew: only a fresh one shows that it is
        # withheld, and an id that means something else by now would hide a hundred conversations.
        left += [standing for standing in group if standing.recording_id not in named]
        if ready and state is not None:
            yield _delivery(ready, state, time.monotonic() + (asked - since).total_seconds())
    return left


def _read_again(export: Export, batch_id: str) -> BatchState | None:
    """Read a request that the index made; None when the platform knows it no more."""
    try:
        state = export.client.batch(batch_id)
    except (NotFound, PermissionMissing):
        return None
    export.refusals.accepted()
    return state if state.is_completed else None


def _delivery(standings: Sequence[Standing], state: BatchState, ends: float) -> Delivery:
    media: dict[str, list[Media]] = {standing.recording_id: [] for standing in standings}
    conversations = {standing.conversation_id for standing in standings}
    others = {}
    for result in state.results:
        if result.recording_id in media:
            media[result.recording_id].append(result)
        elif not result.has_error and result.conversation_id in conversations:
            others[result.recording_id] = result.conversation_id
    return Delivery(tuple(standings), state.is_completed, media, others, ends)
