"""Signed URLs that the index came by, kept in memory for the downloads that follow at once.

They are credentials: they are written nowhere, and a process that did not index the day asks anew.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from recordings_pipeline.core.batches import usable_s
from recordings_pipeline.core.model import Media

# About 7 MB. A day with more recordings would outlive its URLs anyway.
MOST_RECORDINGS = 10_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording's results, and when their URLs expire by the monotonic clock."""

    media: tuple[Media, ...]
    good_until: float


class Links:
    """What batches delivered, by recording, until it expires; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}

    def keep(self, media: Iterable[Media], lifetime_s: float) -> None:
        """Keep the results of a batch that has just been completed."""
        ends = time.monotonic() + usable_s(lifetime_s)
        found: dict[str, list[Media]] = {}
        for item in media:
            found.setdefault(item.recording_id, []).append(item)
        with self._lock:
            if len(self._kept) + len(found) <= MOST_RECORDINGS:
                self._kept.update({id_: Kept(tuple(items), ends) for id_, items in found.items()})

    def take(self, recording_id: str) -> Kept | None:
        """Return and forget a recording's results; None when there are none, or not any more."""
        with self._lock:
            kept = self._kept.pop(recording_id, None)
        return kept if kept is not None and time.monotonic() < kept.good_until else None
