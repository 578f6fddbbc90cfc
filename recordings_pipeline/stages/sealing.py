"""Encrypts a day's audio once everything is known that is told from the sound.

The encrypted file has its name before the ledger knows it, and the ledger knows it before the plain
one goes: killed anywhere, the next run of the day ends it.
"""

import logging
from pathlib import Path, PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.schemas import AUDIO_FILES
from recordings_pipeline.core.sealing import SUFFIX
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage.age_files import OtherBytes, encrypt
from recordings_pipeline.storage.durable import sync_directory
from recordings_pipeline.storage.tables import write_table

logger = logging.getLogger(__name__)


def seal_day(archive: Archive, day: Day) -> int:
    """Encrypt what is exported and plain, and return how many files that were.

    Nothing happens without recipients. A file that is not what the ledger says is left, for
    `verify` to name.

    Raises:
        Interrupted: A person asked to stop; what was encrypted is recorded.
    """
    home, book, recipients = archive.home, archive.ledger.seals, archive.keys.recipients
    if not recipients:
        return 0
    for file in book.done(day):
        _remove(home.path(PurePosixPath(file.path.removesuffix(SUFFIX))))
    count = 0
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
        count += 1
    if count:
        path = home.path(layout.table_path(AUDIO_FILES.name, day))
        write_table(path, AUDIO_FILES, archive.ledger.recordings.manifest(day))
    return count


def _remove(path: Path) -> None:
    if path.is_file():
        path.unlink()
        sync_directory(path.parent)
