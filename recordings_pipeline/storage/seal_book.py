"""Which audio files are encrypted, and what the encrypted bytes are: size and SHA-256.

The table of files keeps size and SHA-256 of the sound itself, whatever lies on the disk.
"""

from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Engine,
    Executable,
    Table,
    and_,
    func,
    select,
    update,
)

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.sealing import SUFFIX
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.digests import Digest
from recordings_pipeline.storage.ledger_engine import insert_or_update, storing, writing
from recordings_pipeline.storage.ledger_types import WHOLE, Instant, word

seals = Table(
    "seals",
    tables.metadata,
    Column("recording_id", word(36), primary_key=True),
    Column("file_number", WHOLE, primary_key=True),
    Column("stored_size_bytes", WHOLE, nullable=False),
    Column("stored_sha256", word(64), nullable=False),
    Column("sealed_time", Instant, nullable=False),
)
_FILES, _RECORDINGS, _SEALS = tables.files.c, tables.recordings.c, seals.c
_IS_SEALED = _FILES.path.endswith(SUFFIX, autoescape=True)
# A file that was fetched anew is not encrypted, whatever is known of the one before.
JOINED: ColumnElement[bool] = and_(
    _SEALS.recording_id == _FILES.recording_id,
    _SEALS.file_number == _FILES.file_number,
    _IS_SEALED,
)
STORED_SIZE = func.coalesce(_SEALS.stored_size_bytes, _FILES.size_bytes)
STORED_SHA256 = func.coalesce(_SEALS.stored_sha256, _FILES.sha256)


class Kept(NamedTuple):
    """An audio file as the ledger knows it; SHA-256 of the sound."""

    recording_id: str
    file_number: int
    path: str
    sha256: str


class SealBook:
    """Knows what is to be encrypted, and what is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def due(self, day: Day) -> list[Kept]:
        """Return the day's exported files that are not encrypted."""
        is_exported = _RECORDINGS.outcome == str(Outcome.EXPORTED)
        return self._files(_RECORDINGS.day == day.key, is_exported, ~_IS_SEALED)

    def done(self, day: Day) -> list[Kept]:
        """Return the day's files that are encrypted."""
        return self._files(_RECORDINGS.day == day.key, _IS_SEALED)

    def of(self, recording_ids: list[str]) -> list[Kept]:
        """Return the encrypted files of some recordings."""
        return self._files(_RECORDINGS.recording_id.in_(recording_ids), _IS_SEALED)

    def keep(self, file: Kept, path: PurePosixPath, stored: Digest, now: datetime) -> None:
        """Hear that a file is encrypted, and where it lies now."""
        named = {"recording_id": file.recording_id, "file_number": file.file_number}
        values = {
            **named,
            "stored_size_bytes": stored.size,
            "stored_sha256": stored.sha256,
            "sealed_time": now,
        }
        is_it = (_FILES.recording_id == file.recording_id) & (
            _FILES.file_number == file.file_number
        )
        with writing(self._engine) as db:
            insert_or_update(db, seals, values, key=list(named))
            db.execute(update(tables.files).where(is_it).values(path=str(path)))

    def _files(self, *conditions: ColumnElement[bool]) -> list[Kept]:
        query = (
            select(_FILES.recording_id, _FILES.file_number, _FILES.path, _FILES.sha256)
            .join(tables.recordings, _RECORDINGS.recording_id == _FILES.recording_id)
            .where(*conditions)
            .order_by(_FILES.recording_id, _FILES.file_number)
        )
        return [Kept(*row) for row in self._rows(query)]

    def _rows(self, query: Executable) -> list[Any]:
        with storing(self._engine), self._engine.connect() as db:
            return list(db.execute(query).all())
