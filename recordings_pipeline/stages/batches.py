"""Signed URLs for recordings, a hundred conversations at a time."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.model import Media
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.genesys.client import BATCH_SIZE
from recordings_pipeline.stages.export import Export

# The vendor's samples poll every 5 s; a small batch is ready sooner, so start quicker.
FIRST_POLL_S = 0.5
SLOWEST_POLL_S = 5.0
POLL_GROWTH = 1.3
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


def deliveries(export: Export, wanted: Sequence[Standing]) -> Iterator[Delivery]:
    """Request URLs for recordings batch by batch; the next is requested when it is asked for.

    Archived recordings have batches of their own: one of them would hold up ninety-nine others.
    """
    archived = [s for s in wanted if s.row["file_state"] == _ARCHIVED]
    fresh = [s for s in wanted if s.row["file_state"] != _ARCHIVED]
    for group in (fresh, archived):
        for batch in _by_conversation(group):
            yield _deliver(export, batch)


def _by_conversation(group: list[Standing]) -> Iterator[list[Standing]]:
    ids = list(dict.fromkeys(standing.conversation_id for standing in group))
    for start in range(0, len(ids), BATCH_SIZE):
        chosen = set(ids[start : start + BATCH_SIZE])
        yield [standing for standing in group if standing.conversation_id in chosen]


def _deliver(export: Export, standings: list[Standing]) -> Delivery:
    ids = list(dict.fromkeys(standing.conversation_id for standing in standings))
    batch_id = export.client.request_batch(ids)
    deadline = time.monotonic() + DEADLINE_S
    pause = FIRST_POLL_S
    while True:
        if export.stop.wait(pause):
            raise Interrupted
        state = export.client.batch(batch_id)
        if state.is_completed or time.monotonic() >= deadline:
            break
        pause = min(pause * POLL_GROWTH, SLOWEST_POLL_S)
    media: dict[str, list[Media]] = {standing.recording_id: [] for standing in standings}
    others = set()
    for result in state.results:
        if result.recording_id in media:
            media[result.recording_id].append(result)
        elif not result.has_error:
            others.add(result.recording_id)
    return Delivery(tuple(standings), state.is_completed, media, frozenset(others))
