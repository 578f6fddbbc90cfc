"""Takes one file out of the drop folder: copied, examined, published, told to the ledger."""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import NameTaken
from recordings_pipeline.core.ingest import CAME, Fate, described_by
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.probes.sound import Sound
from recordings_pipeline.core.sealing import SUFFIX
from recordings_pipeline.core.standings import Settlement, Standing
from recordings_pipeline.core.trust import Facts, Policy, Trust, judge_sound
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage.digests import Digest, digest_of
from recordings_pipeline.storage.durable import move_to_free_name, sync_directory
from recordings_pipeline.storage.foreign_file import Changed, ForeignFile, opened
from recordings_pipeline.storage.group_sync import sync_all, sync_directories
from recordings_pipeline.storage.part_file import PartFile
from recordings_pipeline.storage.parts import keep_group, remove_part
from recordings_pipeline.storage.sound_file import examine

_SAME = "its recording is exported already, with the same SHA-256"
_OTHER = "its recording is exported already, with other bytes"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file, and why; the reason is empty when it was taken."""

    fate: Fate
    reason: str = ""


def take(
    archive: Archive, policy: Policy, day: Day, path: PurePosixPath, standing: Standing
) -> Taken:
    """Take a file that is a certain recording's; the caller holds the lock of its day."""
    source = archive.home.path(path)
    try:
        with opened(source) as file:
            if standing.verdict.outcome is Outcome.EXPORTED:
                return _compared(archive, file, standing)
            facts = _facts(standing)
            # A megabyte says what it is; only what is a recording is copied.
            trust = judge_sound(examine(file.descriptor, file.size), facts, policy)
            if trust.extension is None:
                return Taken(Fate.QUARANTINED, trust.verdict.reason)
            ended = _Taking(archive, day, standing).take(file, facts, policy)
            if ended.fate is Fate.TAKEN:
                file.remove(source)
                sync_directory(source.parent)
            return ended
    except FileNotFoundError:
        return Taken(Fate.LEFT, "it was taken away again")
    except Changed as error:
        return Taken(Fate.LEFT, error.strerror or "")
    except PermissionError:
        return Taken(Fate.LEFT, "it may not be read: change its owner or mode")


def keep_beside(archive: Archive, day: Day, path: PurePosixPath, conversation_id: str) -> Taken:
    """Keep metadata or a transcript as it is, under the raw data of its conversation."""
    recording = described_by(path)
    if recording is not None and os.path.lexists(archive.home.path(recording)):
        return Taken(Fate.LEFT, "it waits for the recording beside it")
    source, folder = archive.home.path(path), layout.raw_incoming_folder(day, conversation_id)
    target = archive.home.path(folder / path.name.lower())
    try:
        sealed = archive.ledger.raws.at(f"{folder / target.name}{SUFFIX}")
        if sealed is not None:
            return _kept_before(is_same=digest_of(source) == sealed.plain)
        with opened(source):
            target.parent.mkdir(parents=True, exist_ok=True)
            move_to_free_name(source, target)
            sync_directory(target.parent)
            sync_directory(source.parent)
    except FileNotFoundError:
        return Taken(Fate.LEFT, "it was taken away again")
    except FileExistsError:
        return _kept_before(is_same=digest_of(source) == digest_of(target))
    except OSError as error:
        return Taken(Fate.LEFT, f"it could not be moved: {error.strerror}")
    return Taken(Fate.KEPT)


def _kept_before(*, is_same: bool) -> Taken:
    same = Taken(Fate.DUPLICATE, "it was kept before, with the same SHA-256")
    return same if is_same else Taken(Fate.QUARANTINED, "it was kept before, with other bytes")


def _compared(archive: Archive, file: ForeignFile, standing: Standing) -> Taken:
    """Compare bytes with those that were exported."""
    held = archive.ledger.archive.sounds_of(standing.recording_id)
    is_same = file.read(_nothing) in held
    return Taken(Fate.DUPLICATE, _SAME) if is_same else Taken(Fate.QUARANTINED, _OTHER)


class _Taking:
    """One file on its way into the archive."""

    def __init__(self, archive: Archive, day: Day, standing: Standing) -> None:
        self._archive = archive
        self._day = day
        self._standing = standing
        self._started = time.monotonic()

    def take(self, file: ForeignFile, facts: Facts, policy: Policy) -> Taken:
        folder, key = self._archive.home.path(layout.PARTS), self._standing.recording_id
        remove_part(folder, key)  # what a download has left of it is not needed any more
        part = PartFile(folder, key, is_new=True)
        try:
            part.begin(0, file.size, None)
            file.read(part.append)
            # The copy is judged again: what was looked at may have been replaced since.
            sync_all([part.written()])
            sound = part.examined(self._archive.home.root)
            trust = judge_sound(sound, facts, policy)
            if trust.extension is None:
                return Taken(Fate.QUARANTINED, trust.verdict.reason)
            self._publish(part, sound, trust)
        except NameTaken as error:
            return Taken(Fate.QUARANTINED, str(error))
        finally:
            with suppress(OSError):
                part.recorded()
        return Taken(Fate.TAKEN)

    def _publish(self, part: PartFile, sound: Sound, trust: Trust) -> None:
        home, standing, digest = self._archive.home, self._standing, part.digest
        name = layout.audio_path(
            self._day, standing.conversation_id, standing.recording_id, 1, sound.container or ""
        )
        part.verified(digest, name)
        keep_group(home.path(layout.PARTS), [part])
        folder = part.publish(home.root, name, digest)
        sync_directories([folder, folder.parent])
        reasons = [reason for reason in (trust.verdict.reason, CAME) if reason]
        verdict = Verdict(Outcome.EXPORTED, "; ".join(reasons))
        row = self._row(name, digest, sound, trust)
        settlement = Settlement(standing.recording_id, verdict, files=(row,))
        self._archive.ledger.settle_all([settlement], self._archive.clock())

    def _row(
        self, name: PurePosixPath, digest: Digest, sound: Sound, trust: Trust
    ) -> dict[str, Any]:
        lasts = sound.duration_s
        return {
            "recording_id": self._standing.recording_id,
            "file_number": 1,
            "path": str(name),
            "size_bytes": digest.size,
            "sha256": digest.sha256,
            "container": sound.container,
            "content_type": "",
            "codec": sound.codec,
            "channels": sound.channels,
            "sample_rate_hz": sound.sample_rate_hz,
            "duration_ms": None if lasts is None else round(lasts * 1000),
            "is_silent": trust.is_silent,
            "is_mislabelled": trust.is_mislabelled,
            "is_resumed": False,
            "download_ms": round((time.monotonic() - self._started) * 1000),
            "exported_time": self._archive.clock(),
        }


def _facts(standing: Standing) -> Facts:
    row = standing.row
    start, end = row.get("conversation_start_time"), row.get("conversation_end_time")
    lasts = (end - start).total_seconds() if start and end else None
    return Facts(media=row.get("media") or "audio", conversation_s=lasts)


def _nothing(_block: bytes) -> None:
    """Keep nothing: only the digest is wanted."""
