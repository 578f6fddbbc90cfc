"""Encrypts a day's audio once everything is known that is told from the sound.

The encrypted file has its name before the ledger knows it, and the ledger knows it before the plain
one goes: killed anywhere, the next run of the day ends it.
"""

import logging
from itertools import chain, count
from pathlib import Path, PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.schemas import AUDIO_FILES
from recordings_pipeline.core.sealing import SUFFIX, is_sealed
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage.age_files import OtherBytes, encrypt
from recordings_pipeline.storage.archive import quarantined, reason_path
from recordings_pipeline.storage.durable import is_regular, publish_bytes, sync_directory
from recordings_pipeline.storage.tables import write_table

logger = logging.getLogger(__name__)


def seal_day(archive: Archive, day: Day) -> int:
    """Encrypt what is exported and plain, and return how many files that were.

    Nothing happens without recipients. A file that is not what the ledger says is left, for
    `verify` to name. The day's quarantine is encrypted as well.

    Raises:
        Interrupted: A person asked to stop; what was encrypted is recorded.
    """
    home, book, recipients = archive.home, archive.ledger.seals, archive.keys.recipients
    if not recipients:
        return 0
    for file in book.done(day):
        _remove(home.path(PurePosixPath(file.path.removesuffix(SUFFIX))))
    sealed = 0
    for file in book.due(day):
        if archive.stop.is_set():
            raise Interrupted
        source, name = home.path(PurePosixPath(file.path)), PurePosixPath(file.path + SUFFIX)
        try:
            staging = home.path(layout.STAGING)
            done = encrypt(source, home.path(name), staging, recipients, file.sha256)
        except (OtherBytes, FileNotFoundError):
            logger.warning("%s %s is not what was exported: left as it is", day, file.recording_id)
            continue
        book.keep(file, name, done.stored, archive.clock())
        _remove(source)
        sealed += 1
    if sealed:
        path = home.path(layout.table_path(AUDIO_FILES.name, day))
        write_table(path, AUDIO_FILES, archive.ledger.recordings.manifest(day))
    for aside in [name for name, _, _ in quarantined(home, day) if not is_sealed(name.name)]:
        _seal_aside(archive, aside)
    return sealed


def _seal_aside(archive: Archive, path: PurePosixPath) -> None:
    """Encrypt a file of the quarantine under a free name; its reason keeps it company."""
    home = archive.home
    source, why = home.path(path), reason_path(home.path(path))
    if not is_regular(source):
        return
    names = (f"{path.name}{number}{SUFFIX}" for number in chain([""], (f".{n}" for n in count(2))))
    target = next(name for name in map(source.with_name, names) if not name.exists())
    if why.is_file():
        publish_bytes(reason_path(target), why.read_bytes())
    encrypt(source, target, home.path(layout.STAGING), archive.keys.recipients)
    _remove(source)
    _remove(why)


def _remove(path: Path) -> None:
    if path.is_file():
        path.unlink()
        sync_directory(path.parent)
