"""Verified, then published in groups: what turns bytes that arrived into files.

Every file is synced before it gets its name, those that arrived together at the same time; the
directories of a group are synced together, before anybody is told, so that a name the ledger knows
survives a power cut.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.errors import (
    NameTaken,
    NotFound,
    RecordingsError,
    Unsupported,
    UntrustedBytes,
)
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.trust import Policy, judge_sound
from recordings_pipeline.stages.arrivals import Arrival, Ended, Fetched, Recording, Wanted
from recordings_pipeline.storage.group_sync import sync_all, sync_directories
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.part_file import PartFile
from recordings_pipeline.storage.parts import keep_group


def verified(
    home: Home, arrivals: Sequence[Arrival], policy: Policy
) -> list[Fetched | RecordingsError]:
    """Bring whole files to the disk; say how each will be called, or why it is no recording."""
    sync_all([arrival.part.written() for arrival in arrivals if arrival.proved is None])
    ends = [_judged(home, arrival, policy) for arrival in arrivals]
    ended = zip(arrivals, ends, strict=True)
    parts = [arrival.part for arrival, end in ended if isinstance(end, Fetched)]
    keep_group(home.path(layout.PARTS), parts)
    return ends


def _judged(home: Home, arrival: Arrival, policy: Policy) -> Fetched | RecordingsError:
    wanted = arrival.wanted
    digest = arrival.proved if arrival.proved is not None else arrival.part.digest
    sound = arrival.part.examined(home.root)
    trust = judge_sound(sound, wanted.facts, policy)
    if trust.verdict.outcome is Outcome.EXCLUDED:
        return Unsupported(trust.verdict.reason)
    if trust.extension is None:
        return UntrustedBytes(trust.verdict.reason)
    name = layout.audio_path(
        wanted.day, wanted.conversation_id, wanted.recording_id, wanted.number, trust.extension
    )
    arrival.part.verified(digest, name)
    return Fetched(
        path=name,
        digest=digest,
        sound=sound,
        trust=trust,
        received_bytes=arrival.received_bytes,
        is_resumed=arrival.is_resumed,
        seconds=time.monotonic() - arrival.started,
    )


@dataclass(frozen=True, slots=True)
class Published:
    """A recording whose files have their names, or will never have one.

    Attributes:
        folders: Directories to sync before anybody is told.
        parts: What to forget once the ledger knows.
    """

    ended: Ended
    folders: frozenset[Path] = frozenset()
    parts: tuple[PartFile, ...] = ()


def publish(home: Home, recording: Recording) -> Published:
    """Give files their names, or clear away what will never be one."""
    error = recording.error
    if error is not None:
        _clear_away(home, recording, error)
        return Published(Ended(recording.job, (), error))
    parts, fetched = recording.parts, recording.fetched
    try:
        folders = [
            part.publish(home.root, file.path, file.digest)
            for part, file in zip(parts, fetched, strict=True)
        ]
    except NameTaken as taken:
        return Published(Ended(recording.job, (), taken))
    return Published(Ended(recording.job, fetched), frozenset(folders), tuple(parts))


def sync_folders(group: Iterable[Published]) -> None:
    """Make the names of a group survive a power cut."""
    folders = {folder for published in group for folder in published.folders}
    sync_directories(sorted({*folders, *(folder.parent for folder in folders)}))


def _clear_away(home: Home, recording: Recording, error: RecordingsError) -> None:
    for wanted, part in zip(recording.job.wanted, recording.parts, strict=True):
        match error:
            case UntrustedBytes() if recording.job.is_last:
                part.quarantine(home.path(_quarantine_path(wanted)))
            case NotFound() | Unsupported() | UntrustedBytes():
                part.recorded()
            case _:
                part.park()


def _quarantine_path(wanted: Wanted) -> PurePosixPath:
    return layout.QUARANTINE / f"date={wanted.day}" / wanted.key
