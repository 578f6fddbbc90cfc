"""Encrypts the source's own answers, once the tables have what is in them.

As with audio, the encrypted file has its name before the ledger knows it, and the ledger knows it
before the plain one goes: killed anywhere, the next run of the day ends it.
"""

import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import Interrupted, MalformedPayload
from recordings_pipeline.core.sealing import SUFFIX, is_sealed
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.core.told_again import rest_as_text, rest_of
from recordings_pipeline.core.transcript_file import transcript
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage.age_files import encrypt
from recordings_pipeline.storage.archive import below
from recordings_pipeline.storage.durable import is_regular, sync_directory
from recordings_pipeline.storage.raw import read_raw
from recordings_pipeline.storage.raw_book import SealedRaw

logger = logging.getLogger(__name__)

_PAGE = 200


def seal_raw(archive: Archive, day: Day) -> int:
    """Encrypt what is kept plain of a day's answers, and return how many files that were.

    Nothing happens without recipients. The caller holds the day's lock, and has published the
    tables about speech.

    Raises:
        Interrupted: A person asked to stop; what was encrypted is recorded.
    """
    if not archive.keys.recipients:
        return 0
    return _seal_transcripts(archive, day) + seal_beside(archive, day)


def seal_beside(archive: Archive, day: Day) -> int:
    """Encrypt what came beside a day's recordings; nothing happens without recipients."""
    if not archive.keys.recipients:
        return 0
    folder = layout.raw_incoming_folder(day, "_").parent
    paths = (path for path in map(PurePosixPath, below(archive.home, folder)) if _is_plain(path))
    count = 0
    while page := list(islice(paths, _PAGE)):
        _seal(archive, [(path, path.parts[len(folder.parts)], "", "", day) for path in page])
        count += len(page)
    return count


def _seal_transcripts(archive: Archive, day: Day) -> int:
    names = _plain_transcripts(archive, day)
    count = 0
    while page := list(islice(names, _PAGE)):
        known = archive.ledger.standings_of([layout.recording_of(path) for path in page])
        found = [
            (path, standing.conversation_id, standing.recording_id, rest, day)
            for path in page
            if (standing := known.get(layout.recording_of(path))) is not None
            and (rest := _rest(archive, path, standing)) is not None
        ]
        _seal(archive, found)
        count += len(found)
    return count


def _plain_transcripts(archive: Archive, day: Day) -> Iterator[PurePosixPath]:
    """Yield the plain files of a day; what a crash has left beside them is removed."""
    folder = layout.raw_transcript_folder(day)
    for path in map(PurePosixPath, sorted(below(archive.home, folder))):
        if path.name.startswith(".") and path.name.endswith(".new"):
            archive.home.path(path).unlink(missing_ok=True)
        elif _is_plain(path) and layout.recording_of(path):
            yield path


def _is_plain(path: PurePosixPath) -> bool:
    return not is_sealed(path.name) and not path.name.startswith(".")


def _rest(archive: Archive, path: PurePosixPath, standing: Standing) -> str | None:
    """Return what the tables lack of a transcript; None when nobody can read it."""
    names = standing.conversation_id, standing.communication_id or "", standing.recording_id
    try:
        return rest_as_text(rest_of(transcript(read_raw(archive.home.path(path)), *names)))
    except MalformedPayload as error:
        logger.warning("%s: left as it is, not encrypted", error)
        return None


def _seal(archive: Archive, found: Sequence[tuple[PurePosixPath, str, str, str, Day]]) -> None:
    """Encrypt some files, tell the ledger of all of them, and remove the plain ones."""
    home = archive.home
    sealed, folders = [], set()
    for path, conversation_id, recording_id, rest, day in found:
        if archive.stop.is_set():
            raise Interrupted
        source, name = home.path(path), path.with_name(path.name + SUFFIX)
        if not is_regular(source):
            logger.warning("%s is no regular file: left as it is, not encrypted", path)
            continue
        done = encrypt(source, home.path(name), home.path(layout.STAGING), archive.keys.recipients)
        whose = conversation_id, recording_id
        sealed.append((source, SealedRaw(str(name), day, *whose, done.plain, done.stored, rest)))
        folders.add(source.parent)
    archive.ledger.raws.keep([one for _, one in sealed], archive.clock())
    for source, _ in sealed:
        source.unlink(missing_ok=True)
    for folder in folders:
        sync_directory(folder)
