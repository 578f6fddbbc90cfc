"""One watcher to a directory, and a file by which others see whether it lives."""

import fcntl
import json
import os
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from recordings_pipeline.core import layout
from recordings_pipeline.core.arrivals import STALE_S

_LOCK = layout.WATCH / "watch.lock"
_BEAT_S = 2.0


@contextmanager
def only_watcher(root: Path) -> Generator[bool]:
    """Say whether we are the only watcher of a data directory, for the length of a ``with`` block.

    The lock dies with the process.
    """
    path = root / _LOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def silent_s(root: Path) -> float | None:
    """Return for how many seconds the watcher has been silent; None when there was none."""
    try:
        return max(time.time() - (root / layout.HEARTBEAT).stat().st_mtime, 0.0)
    except FileNotFoundError:
        return None


def lives(root: Path) -> bool:
    """Say whether a watcher looks after the data directory."""
    silent = silent_s(root)
    return silent is not None and silent < STALE_S


class Heartbeat:
    """Says every two seconds that the watcher lives and what it has done; not synced."""

    def __init__(self, root: Path) -> None:
        self._path = root / layout.HEARTBEAT
        self._started = datetime.now(UTC)
        self._last = float("-inf")

    def beat(self, *, journaled: int, growing: int) -> None:
        """Say it, unless it was said a moment ago."""
        now = time.monotonic()
        if now - self._last < _BEAT_S:
            return
        self._last = now
        beside = self._path.with_name(f".{self._path.name}.new")
        found = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "started_time": self._started.isoformat(timespec="seconds"),
            "process_id": os.getpid(),
            "journaled": journaled,
            "growing": growing,
        }
        beside.write_text(json.dumps(found) + "\n")
        beside.replace(self._path)

    def stop(self) -> None:
        """Take it back: nobody watches from now on."""
        with suppress(FileNotFoundError):
            self._path.unlink()
