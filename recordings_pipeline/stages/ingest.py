"""Takes recordings out of the drop folder: matched, verified and published like downloads.

Whatever is not taken is moved to ``quarantine/incoming/`` with its reason, or stays where it is for
a stated reason; nothing is deleted but what belongs to a conversation that was erased. A file is
copied while it is hashed, and its name is taken away after the ledger knows the copy: whoever still
has it open for writing cannot change the archive.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.arrivals import arrival_id, refusal
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import Busy
from recordings_pipeline.core.ingest import (
    ERASED,
    Fate,
    dropped,
    mismatch,
    refusal_of,
)
from recordings_pipeline.core.schemas import AUDIO_FILES
from recordings_pipeline.core.trust import Policy
from recordings_pipeline.core.verification import printable
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.belonging import Found, is_erased, look_up
from recordings_pipeline.stages.raw_sealing import seal_beside
from recordings_pipeline.stages.taking import Taken, keep_beside, take
from recordings_pipeline.storage.archive import quarantined_incoming, set_aside
from recordings_pipeline.storage.tables import write_table
from recordings_pipeline.watch.forgetting import forget_names
from recordings_pipeline.watch.looking import walk

_PAGE = 500
_MOST_NAME_BYTES = 180
_FOLDERS = {Fate.QUARANTINED: "refused", Fate.DUPLICATE: "duplicate"}
_GROWING = "it is still being written"
_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one file in the drop folder.

    Attributes:
        path: Where it lay, printable.
        reason: Why it was not taken; empty when it was.
        recording_id: Whose it is; empty where nobody can tell.
        day: Of its conversation; None where nobody can tell.
    """

    path: str
    fate: Fate
    size_bytes: int
    reason: str = ""
    recording_id: str = ""
    day: Day | None = None


def ingest(
    archive: Archive, policy: Policy, *, quiet_s: float = layout.INCOMING_QUIET_S
) -> Iterator[Ingested]:
    """Go through the drop folder once, and say what became of each file in it.

    Other processes wait for their turn. What lies beside recordings comes after them.

    Args:
        archive: Where to.
        policy: Which sound is exported.
        quiet_s: How long a file must not have changed.
    """
    with archive.home.storing(), archive.home.turn(layout.INCOMING_LOCK):
        archive.require_sealable()
        for is_beside in (False, True):
            files = walk(archive.home.root, str(layout.INCOMING))
            found = (Found(seen, dropped(PurePosixPath(seen.name))) for seen in files)
            chosen = (one for one in found if one.name.is_beside is is_beside)
            while page := list(islice(chosen, _PAGE)):
                yield from _Page(archive, policy, quiet_s).ingested(page)


def counts_of(done: Iterable[Ingested]) -> Counter[Fate]:
    """Count files by what became of them."""
    return Counter(one.fate for one in done)


def lying(archive: Archive) -> Iterator[Ingested]:
    """Yield what lies in the drop folder, with why it would not be taken; changes nothing.

    What is inside of a file is told when it is taken.
    """
    files = walk(archive.home.root, str(layout.INCOMING))
    found = (Found(seen, dropped(PurePosixPath(seen.name))) for seen in files)
    while page := list(islice(found, _PAGE)):
        look_up(archive, page)
        for one in page:
            reason = refusal(one.seen.name, one.seen.kind, one.seen.size_bytes)
            yield _ended(one, Fate.LEFT, reason or _problem(one))


def set_aside_before(archive: Archive) -> Iterator[tuple[PurePosixPath, int, str]]:
    """Yield what came through the drop folder and was set aside: path, bytes, and why."""
    yield from quarantined_incoming(archive.home)


def _problem(one: Found) -> str:
    """Say why a file cannot be told to be anything of ours; empty when it can."""
    if one.name.is_beside:
        return "" if one.day else "nothing that was indexed goes with it"
    problem = mismatch(one.path, one.name, one.said, one.standings)
    return problem or refusal_of(one.standings[0])


class _Page:
    """A few files, those of one day under its lock."""

    def __init__(self, archive: Archive, policy: Policy, quiet_s: float) -> None:
        self._archive = archive
        self._policy = policy
        self._quiet_s = quiet_s

    def ingested(self, page: list[Found]) -> list[Ingested]:
        done: list[Ingested] = []
        good: list[Found] = []
        for one in page:
            reason = refusal(one.seen.name, one.seen.kind, one.seen.size_bytes)
            if reason:
                done.append(self._aside(one, Fate.QUARANTINED, reason))
            elif time.time_ns() - one.seen.changed_ns < self._quiet_s * _NS_PER_S:
                done.append(_ended(one, Fate.LEFT, _GROWING))
            else:
                good.append(one)
        look_up(self._archive, good)
        by_day: dict[Day | None, list[Found]] = {}
        for one in good:
            by_day.setdefault(one.day, []).append(one)
        for day, some in by_day.items():
            done += self._of_day(day, some)
        gone = {one.path for one in done if one.fate is Fate.ERASED}
        erased = [_id_of(one) for one in good if printable(one.seen.name) in gone]
        forget_names(self._archive.home.path(layout.JOURNAL), erased)
        self._archive.seal()
        return done

    def _of_day(self, day: Day | None, some: list[Found]) -> list[Ingested]:
        if day is None:
            return [self._unmatched(one) for one in some]
        home = self._archive.home
        try:
            with home.day_lock(day):
                done = [self._matched(day, one) for one in some]
                if any(one.fate is Fate.TAKEN for one in done):
                    rows = self._archive.ledger.recordings.manifest(day)
                    path = home.path(layout.table_path(AUDIO_FILES.name, day))
                    write_table(path, AUDIO_FILES, rows)
                if any(one.fate is Fate.KEPT for one in done):
                    seal_beside(self._archive, day)
                return done
        except Busy as error:
            return [_ended(one, Fate.LEFT, str(error)) for one in some]

    def _unmatched(self, one: Found) -> Ingested:
        if is_erased(self._archive, one):
            return self._removed(one)
        return self._aside(one, Fate.QUARANTINED, _problem(one))

    def _matched(self, day: Day, one: Found) -> Ingested:
        if is_erased(self._archive, one):
            return self._removed(one)
        if one.name.is_beside:
            about = one.standings[0].conversation_id if one.standings else one.name.about
            ended = keep_beside(self._archive, day, one.path, about)
        else:
            # Once more under the lock: another file may have been faster.
            ids = [standing.recording_id for standing in one.standings]
            one.standings = list(self._archive.ledger.standings_of(ids).values())
            reason = _problem(one)
            ended = (
                Taken(Fate.QUARANTINED, reason)
                if reason
                else take(self._archive, self._policy, day, one.path, one.standings[0])
            )
        if ended.fate in _FOLDERS:
            return self._aside(one, ended.fate, ended.reason)
        if ended.fate is not Fate.LEFT:
            self._note(one, ended.fate, ended.reason)
        return _ended(one, ended.fate, ended.reason)

    def _removed(self, one: Found) -> Ingested:
        """Remove what belongs to a conversation that was erased: nowhere may it lie any more."""
        self._archive.home.path(one.path).unlink(missing_ok=True)
        self._note(one, Fate.ERASED, ERASED)
        return _ended(one, Fate.ERASED, ERASED)

    def _aside(self, one: Found, fate: Fate, reason: str) -> Ingested:
        """Move a file out of the way, with its reason beside it and an event."""
        path, folder = one.path, layout.INCOMING_QUARANTINE / _FOLDERS[fate]
        if one.standings and not layout.ID.search(path.name.lower()):
            # Only metadata told it, and they do not go along: who erases has to find it.
            reason = f"{reason} (recording {one.standings[0].recording_id})"
        is_long = len(path.name.encode("utf-8", "surrogateescape")) > _MOST_NAME_BYTES
        name = arrival_id(path.name, 0, 0) if is_long else ""
        try:
            set_aside(self._archive.home, path, folder, reason, name=name)
        except OSError as error:
            left = f"{reason}; it could not be moved: {error.strerror}"
            return _ended(one, Fate.LEFT, left)
        self._note(one, fate, reason)
        return _ended(one, fate, reason)

    def _note(self, one: Found, fate: Fate, reason: str) -> None:
        """Keep an event; names stay out of it, as people put numbers of telephones in them."""
        id_ = _id_of(one)
        attempt = one.seen.changed_ns
        values: dict[str, Any] = {
            "event_id": f"{id_}/{attempt}/incoming.{fate}",
            "event_time": self._archive.clock(),
            "action": f"incoming.{fate}",
            "object_id": one.standings[0].recording_id if one.standings else id_,
            "conversation_id": one.standings[0].conversation_id if one.standings else None,
            "day": str(one.day or ""),
            "outcome": str(fate),
            "reason": reason,
            "size_bytes": one.seen.size_bytes,
        }
        self._archive.ledger.arrivals.note([values])


def _id_of(one: Found) -> str:
    """Return what the journal, and events, call a file."""
    return arrival_id(printable(one.seen.name), one.seen.size_bytes, one.seen.modified_ns)


def _ended(one: Found, fate: Fate, reason: str) -> Ingested:
    recording_id = one.standings[0].recording_id if one.standings else ""
    path, size = printable(one.seen.name), one.seen.size_bytes
    return Ingested(path, fate, size, reason, recording_id, one.day)
