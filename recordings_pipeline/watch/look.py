"""Journals what has arrived: each file once, and not before it has stopped growing."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from recordings_pipeline.core import layout
from recordings_pipeline.core.arrivals import QUIET_S, Entry, arrival_id, refusal
from recordings_pipeline.core.verification import printable
from recordings_pipeline.watch.journal import Journal, entry_of
from recordings_pipeline.watch.looking import Seen, walk

FOLDERS = (str(layout.AUDIO), str(layout.INCOMING))
# Lines that are synced together, and files between two signs of life.
_LINES = 1_000
_NS_PER_S = 1_000_000_000


def unheard(_growing: int) -> None:
    """Tell nobody."""


class Looker:
    """Looks at directories and tells the journal."""

    def __init__(
        self,
        root: Path,
        journal: Journal,
        *,
        quiet_s: float = QUIET_S,
        tell: Callable[[int], None] = unheard,
    ) -> None:
        """Look below a data directory.

        Args:
            root: The data directory.
            journal: Knows what has arrived.
            quiet_s: How long a file must not have changed.
            tell: Called now and then, with how many files are still growing.
        """
        self._root = root
        self._journal = journal
        self._quiet_s = quiet_s
        self._tell = tell
        self._growing: dict[str, tuple[str, float]] = {}

    @property
    def growing(self) -> frozenset[str]:
        """Directories of files that have not stopped growing: look there again."""
        return frozenset(name.rpartition("/")[0] for name in self._growing)

    def beat(self) -> None:
        """Give a sign of life, though there may be no news."""
        self._tell(len(self._growing))

    def look(self, folder: str, *, is_deep: bool = True) -> int:
        """Journal what is new in a directory, and below if it is to be; return how many lines."""
        return self._journaled(walk(self._root, folder, is_deep=is_deep))

    def look_on(self, after: str, seconds: float) -> tuple[int, str]:
        """Go on with a look at everything for a while.

        Returns:
            How many lines it made, and the last file it looked at; empty when it came to the end.
        """
        deadline, last = time.monotonic() + seconds, ""

        def some() -> Iterator[Seen]:
            nonlocal last
            for folder in FOLDERS:
                if after and folder < after.partition("/")[0]:
                    continue
                for seen in walk(self._root, folder, after=after):
                    last = seen.name
                    yield seen
                    if time.monotonic() > deadline:
                        return
            last = ""

        return self._journaled(some()), last

    def _journaled(self, found: Iterator[Seen]) -> int:
        count = 0
        while page := list(islice(found, _LINES)):
            now = datetime.now(UTC)
            news = [entry for seen in page if (entry := self._entry(seen, now)) is not None]
            self._journal.append(news)
            count += len(news)
            self._tell(len(self._growing))
        gone = [name for name in self._growing if not (self._root / name).is_file()]
        for name in gone:
            del self._growing[name]
        return count

    def _entry(self, seen: Seen, now: datetime) -> Entry | None:
        """Return the line for something new; None for what is known, or still growing."""
        name, reason = printable(seen.name), refusal(seen.name, seen.kind, seen.size_bytes)
        if reason:
            id_ = arrival_id(f"{seen.name}\0{reason}", 0, 0)
        else:
            id_ = arrival_id(name, seen.size_bytes, seen.modified_ns)
        if id_ in self._journal or not (reason or self._is_still(seen, id_)):
            return None
        return entry_of(name, seen.size_bytes, now, id_=id_, reason=reason)

    def _is_still(self, seen: Seen, id_: str) -> bool:
        """Say whether a file has not changed for a while, by its own time or since we first saw it.

        Its own time alone would never do on a disk whose clock is ahead of ours.
        """
        if time.time_ns() - seen.changed_ns >= self._quiet_s * _NS_PER_S:
            self._growing.pop(seen.name, None)
            return True
        before, since = self._growing.get(seen.name, ("", 0.0))
        now = time.monotonic()
        if before != id_:
            self._growing[seen.name] = (id_, now)
            return False
        if now - since < self._quiet_s:
            return False
        del self._growing[seen.name]
        return True
