"""Signed URLs that the index came by, kept in memory for the downloads that follow at once.

They are credentials: they are written nowhere, and a process that did not index the day asks anew.
"""

import threading
import time
from collections.abc import Iterable

from recordings_pipeline.core.model import Media

# About 7 MB. A day with more recordings would outlive its URLs anyway.
MOST_RECORDINGS = 10_000
# A download needs some of the URL's lifetime for itself.
MARGIN_S = 120.0


class Links:
    """What batches delivered, by recording, until it expires; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, tuple[Media, ...]]] = {}

    def keep(self, media: Iterable[Media], lifetime_s: float) -> None:
        """Keep the results of a batch that has just been completed."""
        ends = time.monotonic() + lifetime_s - MARGIN_S
        found: dict[str, list[Media]] = {}
        for item in media:
            found.setdefault(item.recording_id, []).append(item)
        with self._lock:
            if len(self._kept) + len(found) <= MOST_RECORDINGS:
                self._kept.update({id_: (ends, tuple(items)) for id_, items in found.items()})

    def take(self, recording_id: str) -> tuple[Media, ...] | None:
        """Return and forget a recording's results; None when there are none, or not any more."""
        with self._lock:
            ends, media = self._kept.pop(recording_id, (0.0, ()))
        return media if media and time.monotonic() < ends else None
