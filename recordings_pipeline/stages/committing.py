"""Verified, then published in groups: what turns bytes that arrived into files.

Every file is synced by itself; the directories of a group are synced together, before anybody is
told, so that a name the ledger knows survives a power cut.
"""

import time
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import TypeVar

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
from recordings_pipeline.storage.durable import sync_directory
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.part_file import BLOCK_BYTES

Other = TypeVar("Other")


def verified(
    home: Home, recording: Recording, arrival: Arrival, policy: Policy
) -> Fetched | RecordingsError:
    """Bring a whole file to the disk, and say how it will be called, or why it is no recording."""
    wanted = arrival.wanted
    digest = arrival.proved if arrival.proved is not None else arrival.part.sync()
    sound = arrival.part.examined(home.root)
    trust = judge_sound(sound, wanted.facts, policy)
    if trust.verdict.outcome is Outcome.EXCLUDED:
        return Unsupported(trust.verdict.reason)
    if trust.extension is None:
        return UntrustedBytes(trust.verdict.reason)
    name = layout.audio_path(
        wanted.day, wanted.conversation_id, wanted.recording_id, wanted.number, trust.extension
    )
    if digest.size > BLOCK_BYTES or len(recording.job.wanted) > 1:
        arrival.part.keep(digest, name)
    return Fetched(
        path=name,
        digest=digest,
        sound=sound,
        trust=trust,
        received_bytes=arrival.received_bytes,
        is_resumed=arrival.is_resumed,
        seconds=time.monotonic() - arrival.started,
    )


def publish(home: Home, group: Iterable[Recording | Other]) -> list[Ended | Other]:
    """Give files their names, or clear away what will never be one.

    Returns:
        What became of each item of the group, in order; what is no recording is handed through.
    """
    folders: set[Path] = set()
    ended = [
        _published(home, item, folders) if isinstance(item, Recording) else item for item in group
    ]
    for folder in sorted({*folders, *(folder.parent for folder in folders)}):
        sync_directory(folder)
    return ended


def _published(home: Home, recording: Recording, folders: set[Path]) -> Ended:
    error = recording.error
    if error is not None:
        _clear_away(home, recording, error)
        return Ended(recording.job, (), error)
    try:
        for part, fetched in zip(recording.parts, recording.fetched, strict=True):
            folders.add(part.publish(home.root, fetched.path, fetched.digest))
    except NameTaken as taken:
        return Ended(recording.job, (), taken)
    return Ended(recording.job, recording.fetched)


def _clear_away(home: Home, recording: Recording, error: RecordingsError) -> None:
    for wanted, part in zip(recording.job.wanted, recording.parts, strict=True):
        match error:
            case UntrustedBytes():
                part.quarantine(home.path(_quarantine_path(wanted)))
            case NotFound() | Unsupported():
                part.recorded()
            case _:
                part.park()


def _quarantine_path(wanted: Wanted) -> PurePosixPath:
    return layout.QUARANTINE / f"date={wanted.day}" / wanted.key
