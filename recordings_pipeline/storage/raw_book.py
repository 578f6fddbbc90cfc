"""Which raw answers are encrypted: what they hold, and what lies on the disk for it.

The source's own answers have no other row in the ledger; plain ones are told by their directory.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    Engine,
    Executable,
    Table,
    delete,
    func,
    select,
)

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.verification import Promise
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.digests import Digest
from recordings_pipeline.storage.ledger_engine import insert_or_update, storing, writing
from recordings_pipeline.storage.ledger_types import TEXT, WHOLE, Instant, added, word

_PAGE, _IDS = 1_000, 500

raw_seals = Table(
    "raw_seals",
    tables.metadata,
    Column("path", TEXT, primary_key=True),
    Column("day", word(10), nullable=False, index=True),
    Column("conversation_id", word(36), nullable=False, index=True),
    # Empty for what came beside recordings.
    Column("recording_id", word(36), nullable=False, index=True),
    Column("size_bytes", WHOLE, nullable=False),
    Column("sha256", word(64), nullable=False),
    Column("stored_size_bytes", WHOLE, nullable=False),
    Column("stored_sha256", word(64), nullable=False),
    Column("sealed_time", Instant, nullable=False),
    # What the tables lack of a transcript, as `core.told_again` writes it.
    Column("rest", TEXT, nullable=False, default=""),
)
_RAWS = raw_seals.c


@dataclass(frozen=True, slots=True)
class SealedRaw:
    """An encrypted answer.

    Attributes:
        path: Where it lies, relative to the data directory.
        recording_id: Empty for what came beside recordings.
        plain: What is in it.
        stored: What lies there.
        rest: What the tables lack of a transcript.
    """

    path: str
    day: Day
    conversation_id: str
    recording_id: str
    plain: Digest
    stored: Digest
    rest: str = ""


class RawBook:
    """Knows the encrypted answers, by path and by whose they are."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, found: Iterable[SealedRaw], now: datetime) -> None:
        """Hear that some answers are encrypted, in one transaction."""
        with writing(self._engine) as db:
            for one in found:
                values = {
                    "path": one.path,
                    "day": one.day.key,
                    "conversation_id": one.conversation_id,
                    "recording_id": one.recording_id,
                    "size_bytes": one.plain.size,
                    "sha256": one.plain.sha256,
                    "stored_size_bytes": one.stored.size,
                    "stored_sha256": one.stored.sha256,
                    "sealed_time": now,
                    "rest": one.rest,
                }
                insert_or_update(db, raw_seals, values, key=["path"])

    def forget(self, path: str) -> None:
        """Hear that a file is not there any more."""
        with writing(self._engine) as db:
            db.execute(delete(raw_seals).where(_RAWS.path == path))

    def transcripts(self, recording_ids: Sequence[str]) -> dict[str, SealedRaw]:
        """Return the encrypted transcript files of some recordings, by recording."""
        found: dict[str, SealedRaw] = {}
        waiting = iter(recording_ids)
        while some := list(islice(waiting, _IDS)):
            query = select(raw_seals).where(_RAWS.recording_id.in_(some))
            found |= {row.recording_id: _sealed(row) for row in self._rows(query)}
        return found

    def of_conversation(self, conversation_id: str) -> list[SealedRaw]:
        """Return all that is encrypted of a conversation's answers, by path."""
        query = select(raw_seals).where(_RAWS.conversation_id == conversation_id)
        return [_sealed(row) for row in self._rows(query.order_by(_RAWS.path))]

    def at(self, path: str) -> SealedRaw | None:
        """Return what is known of a path."""
        rows = self._rows(select(raw_seals).where(_RAWS.path == path))
        return _sealed(rows[0]) if rows else None

    def pages(self, day: Day) -> Iterator[list[SealedRaw]]:
        """Yield what is encrypted of a day, by path, some hundred at a time."""
        last = ""
        while True:
            query = select(raw_seals).where(_RAWS.day == day.key, _RAWS.path > last)
            page = [_sealed(row) for row in self._rows(query.order_by(_RAWS.path).limit(_PAGE))]
            if not page:
                return
            yield page
            last = page[-1].path

    def has_any(self, day: Day) -> bool:
        """Say whether a transcript file of a day is encrypted."""
        query = select(_RAWS.path).where(_RAWS.day == day.key, _RAWS.recording_id != "")
        return bool(self._rows(query.limit(1)))

    def totals(self, first: date, last: date) -> tuple[int, int]:
        """Count the files from first to last, both included, and add their bytes."""
        query = select(func.count(), added(_RAWS.stored_size_bytes))
        ((count, size),) = self._rows(query.where(_RAWS.day.between(str(first), str(last))))
        return count, size or 0

    def _rows(self, query: Executable) -> list[Any]:
        with storing(self._engine), self._engine.connect() as db:
            return list(db.execute(query).all())


def promise_of(sealed: SealedRaw) -> Promise:
    """Return what has to lie there."""
    whose = sealed.recording_id or sealed.conversation_id
    stored = sealed.stored
    return Promise(sealed.day, whose, sealed.path, stored.size, stored.sha256)


def _sealed(row: Any) -> SealedRaw:  # noqa: ANN401 (a row of SQLAlchemy)
    return SealedRaw(
        row.path,
        Day.from_key(row.day),
        row.conversation_id,
        row.recording_id,
        Digest(row.size_bytes, row.sha256),
        Digest(row.stored_size_bytes, row.stored_sha256),
        row.rest,
    )
