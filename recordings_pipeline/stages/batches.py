"""Signed URLs for recordings, a hundred conversations at a time."""

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import NotFound, PermissionMissing
from recordings_pipeline.core.model import BatchState, Media, Outcome
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.genesys.client import BATCH_SIZE
from recordings_pipeline.stages.export import Export

# The vendor's samples poll every 5 s; a small batch is ready sooner, a slow one takes ten polls in
# its first half minute either way.
FIRST_POLL_S = 0.2
SLOWEST_POLL_S = 5.0
POLL_GROWTH = 1.6
# Archived recordings take minutes; a batch that takes longer than this is asked for again later.
DEADLINE_S = 1_800.0
_ARCHIVED = "ARCHIVED"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one batch request brought for the recordings it was made for.

    Attributes:
        is_completed: Whether the platform was done; if not, absent recordings may still come.
        media: Results by recording, in the order of the platform; empty for a withheld one.
        others: Recordings that came along because they belong to the same conversations.
    """

    standings: tuple[Standing, ...]
    is_completed: bool
    media: dict[str, list[Media]]
    others: frozenset[str]


def deliveries(
    export: Export, day: Day, wanted: Sequence[Standing], *, is_first: bool = True
) -> Iterator[Delivery]:
    """Come by URLs for recordings batch by batch; the next is requested when it is asked for.

    What the index came by a moment ago is used first, then the requests it made are read again,
    and only then new ones are made. Archived recordings have batches of their own: one of them
    would hold up ninety-nine others.

    Args:
        export: The export at work.
        day: The day of the recordings.
        wanted: The recordings.
        is_first: Whether this is the first try; a second one does not trust old requests.
    """
    left = list(wanted)
    if is_first:
        left = yield from _held(export, left)
        left = yield from _requested_before(export, day, left)
    archived = [s for s in left if s.row["file_state"] == _ARCHIVED]
    fresh = [s for s in left if s.row["file_state"] != _ARCHIVED]
    for group in (fresh, archived):
        for batch in _by_conversation(group):
            yield _deliver(export, batch)


def _held(export: Export, wanted: list[Standing]) -> Generator[Delivery, None, list[Standing]]:
    """Deliver what the index left in memory; return the others."""
    left = []
    for start in range(0, len(wanted), BATCH_SIZE):
        media, ready = {}, []
        for standing in wanted[start : start + BATCH_SIZE]:
            items = export.links.take(standing.recording_id)
            if items is None:
                left.append(standing)
            else:
                media[standing.recording_id] = list(items)
                ready.append(standing)
        if ready:
            yield Delivery(tuple(ready), is_completed=True, media=media, others=frozenset())
    return left


def _requested_before(
    export: Export, day: Day, wanted: list[Standing]
) -> Generator[Delivery, None, list[Standing]]:
    """Deliver what requests of the index name, a call each; return the others."""
    known = export.ledger.days.known(day, (s.conversation_id for s in wanted))
    since = export.now() - timedelta(seconds=export.url_lifetime_s()) if wanted else export.now()
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
        delivery = _read_again(export, batch_id, group)
        if delivery is None:
            left += group
        else:
            yield delivery
    return left


def completed_batch(export: Export, conversation_ids: Sequence[str]) -> tuple[str, list[Media]]:
    """Request a batch for some conversations, wait for it, and keep its URLs.

    Returns:
        The id of the request, and its results; empty when the platform did not finish in time.
    """
    batch_id = export.client.request_batch(conversation_ids)
    state = _awaited(export, batch_id)
    media = list(state.results) if state.is_completed else []
    export.links.keep((item for item in media if not item.has_error), export.url_lifetime_s())
    return batch_id, media


def _by_conversation(group: list[Standing]) -> Iterator[list[Standing]]:
    ids = list(dict.fromkeys(standing.conversation_id for standing in group))
    for start in range(0, len(ids), BATCH_SIZE):
        chosen = set(ids[start : start + BATCH_SIZE])
        yield [standing for standing in group if standing.conversation_id in chosen]


def _deliver(export: Export, standings: list[Standing]) -> Delivery:
    ids = list(dict.fromkeys(standing.conversation_id for standing in standings))
    return _delivery(standings, _awaited(export, export.client.request_batch(ids)))


def _read_again(export: Export, batch_id: str, standings: list[Standing]) -> Delivery | None:
    """Read a request that the index made; None when the platform knows it no more."""
    try:
        state = export.client.batch(batch_id)
    except (NotFound, PermissionMissing):
        return None
    return _delivery(standings, state) if state.is_completed else None


def _delivery(standings: list[Standing], state: BatchState) -> Delivery:
    media: dict[str, list[Media]] = {standing.recording_id: [] for standing in standings}
    conversations = {standing.conversation_id for standing in standings}
    others = set()
    for result in state.results:
        if result.recording_id in media:
            media[result.recording_id].append(result)
        elif not result.has_error and result.conversation_id in conversations:
            others.add(result.recording_id)
    return Delivery(tuple(standings), state.is_completed, media, frozenset(others))


def _awaited(export: Export, batch_id: str) -> BatchState:
    """Poll a request until it is completed, or its time is over."""
    deadline = time.monotonic() + DEADLINE_S
    pause = FIRST_POLL_S
    while True:
        export.client.wait(pause)
        state = export.client.batch(batch_id)
        if state.is_completed or time.monotonic() >= deadline:
            return state
        pause = min(pause * POLL_GROWTH, SLOWEST_POLL_S)
