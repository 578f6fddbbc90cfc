"""What lies among the audio and belongs to no row of the ledger?

An export gives files their names before it tells the ledger. So a file nobody knows counts only if
no export of its day is at work.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import Busy
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.verification import Cause, Fault, Verification, printable
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage.archive import audio_of, audio_of_no_day, kind_at

_PATHS = 500


def strays_of(archive: Archive, day: Day | None) -> Verification:
    """Name them, for a day, or for what lies outside of every day; nothing is touched."""
    home = archive.home
    unknown = list(_unknown(archive, audio_of(home, day) if day else audio_of_no_day(home)))
    if day is not None and unknown:
        try:
            # Whoever exports the day holds this lock from before a file gets its name until after
            # the ledger knows it. It is held here for as long as the ledger is asked.
            with home.day_lock(day):
                unknown = list(_unknown(archive, unknown))
        except Busy:
            return Verification(unjudged_count=len(unknown))
    faults = tuple(_stray(archive, day, PurePosixPath(path)) for path in unknown)
    return Verification(counts=Counter(fault.cause for fault in faults), faults=faults)


def _unknown(archive: Archive, paths: Iterable[str]) -> Iterator[str]:
    waiting = iter(paths)
    while chunk := list(islice(waiting, _PATHS)):
        # A name that is no text cannot be in the ledger, which would refuse the question.
        known = archive.ledger.archive.known_paths([p for p in chunk if p == printable(p)])
        yield from (path for path in chunk if path not in known)


def _stray(archive: Archive, day: Day | None, path: PurePosixPath) -> Fault:
    kind, id_ = kind_at(archive.home, path), layout.recording_of(path)
    standing = archive.ledger.standings_of([id_]).get(id_) if id_ else None
    is_left_over = (
        kind == "file"
        and standing is not None
        and standing.verdict.outcome is not Outcome.EXPORTED
        and path.parent == layout.AUDIO / f"date={day}" / standing.conversation_id
    )
    if is_left_over:
        detail = "published, and its recording is not exported"
        return Fault(day, id_, str(path), Cause.LEFT_OVER, detail)
    return Fault(day, "", printable(str(path)), Cause.FOREIGN, f"a {kind} that nobody knows")
