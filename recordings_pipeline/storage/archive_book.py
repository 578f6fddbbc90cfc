"""What the ledger says lies in the archive, and in its quarantine."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Engine, Executable, Integer, func, literal_column, select

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.verification import Promise
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import storing
from recordings_pipeline.storage.ledger_types import added
from recordings_pipeline.storage.seal_book import JOINED, STORED_SHA256, STORED_SIZE, seals

_PAGE = 1_000
_RECORDINGS, _FILES = tables.recordings.c, tables.files.c
# What the index of days holds of each row, so that a page is found without a look at the others:
# 100,000 recordings of a day are no problem. SQLite's own number of a row has the order in which
# rows came, which is that of the files on the disk.
_ROW_NUMBER = literal_column("recordings.rowid", Integer)
_PROMISED = (
    _RECORDINGS.day,
    _RECORDINGS.recording_id,
    _FILES.path,
    STORED_SIZE.label("size_bytes"),
    STORED_SHA256.label("sha256"),
)


class ArchiveBook:
    """The files the ledger knows; no transaction stays open between two pages of them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def days(self, first: date, last: date) -> list[Day]:
        """Return the days from first to last, both included, that have recordings, in order."""
        query = select(_RECORDINGS.day).distinct()
        query = query.where(_RECORDINGS.day.between(str(first), str(last)))
        return [Day.from_key(key) for (key,) in self._rows(query.order_by(_RECORDINGS.day))]

    def totals(self, first: date, last: date) -> tuple[int, int]:
        """Count the files from first to last, both included, and add their bytes."""
        query = select(func.count(), added(STORED_SIZE)).select_from(tables.recordings)
        query = query.join(tables.files, _RECORDINGS.recording_id == _FILES.recording_id)
        query = query.outerjoin(seals, JOINED)
        query = query.where(_RECORDINGS.day.between(str(first), str(last)))
        count, size = self._rows(query)[0]
        return count, size or 0

    def pages(self, day: Day) -> Iterator[list[Promise]]:
        """Yield a day's files, and its exported recordings without one, a few at a time."""
        key, last = self._page_key()
        while True:
            keys = select(key.label("key")).select_from(tables.recordings)
            keys = keys.where(_RECORDINGS.day == day.key, key > last)
            page = keys.order_by(key).limit(_PAGE).subquery()
            (end,) = self._rows(select(func.max(page.c.key)).select_from(page))[0]
            if end is None:
                return
            query = _promises().where(_RECORDINGS.day == day.key, key > last, key <= end)
            is_exported = _RECORDINGS.outcome == str(Outcome.EXPORTED)
            query = query.where(is_exported | _FILES.path.is_not(None))
            rows = self._rows(query.order_by(key, _FILES.file_number))
            yield [_promise(row._mapping) for row in rows]  # noqa: SLF001 (public, so its name)
            last = end

    def of(self, recording_id: str) -> list[Promise]:
        """Return what the ledger says now of one recording; nothing unless it is exported."""
        query = _promises().where(
            _RECORDINGS.recording_id == recording_id, _RECORDINGS.outcome == str(Outcome.EXPORTED)
        )
        rows = self._rows(query.order_by(_FILES.file_number))
        return [_promise(row._mapping) for row in rows]  # noqa: SLF001 (public, so its name)

    def sounds_of(self, recording_id: str) -> set[str]:
        """Return SHA-256 of the sound of one recording's files, encrypted or not."""
        query = select(_FILES.sha256).where(_FILES.recording_id == recording_id)
        return {sha256 for (sha256,) in self._rows(query)}

    def rows_of(self, recording_id: str) -> list[Promise]:
        """Return the files the ledger knows of one recording, however it stands."""
        query = _promises().where(
            _RECORDINGS.recording_id == recording_id, _FILES.path.is_not(None)
        )
        return [_promise(row._mapping) for row in self._rows(query)]  # noqa: SLF001 (public)

    def place_of(self, id_: str) -> tuple[str, str, bool] | None:
        """Find a recording or a conversation: its day, the conversation, whether it was the first.

        A conversation is found by its recordings, or, without any, as one that was indexed.
        """
        of_recordings = select(_RECORDINGS.day, _RECORDINGS.conversation_id)
        indexed = tables.conversations.c
        for query, is_recording in (
            (of_recordings.where(_RECORDINGS.recording_id == id_), True),
            (of_recordings.where(_RECORDINGS.conversation_id == id_).limit(1), False),
            (
                select(indexed.day, indexed.conversation_id).where(indexed.conversation_id == id_),
                False,
            ),
        ):
            for day, conversation_id in self._rows(query):
                return day, conversation_id, is_recording
        return None

    def known_paths(self, paths: Collection[str]) -> set[str]:
        """Return those of a few hundred paths that the ledger knows."""
        query = select(_FILES.path).where(_FILES.path.in_(paths))
        return {path for (path,) in self._rows(query)}

    def reasons(
        self, outcome: Outcome, first: date, last: date, recording_id: str | None = None
    ) -> dict[Day, dict[str, str]]:
        """Return why recordings stand so, by day and id; of one recording if it is named."""
        query = select(_RECORDINGS.day, _RECORDINGS.recording_id, _RECORDINGS.reason).where(
            _RECORDINGS.day.between(str(first), str(last)),
            _RECORDINGS.outcome == str(outcome),
        )
        if recording_id is not None:
            query = query.where(_RECORDINGS.recording_id == recording_id)
        found: dict[Day, dict[str, str]] = {}
        for day, id_, reason in self._rows(
            query.order_by(_RECORDINGS.day, _RECORDINGS.recording_id)
        ):
            found.setdefault(Day.from_key(day), {})[id_] = reason
        return found

    def _page_key(self) -> tuple[ColumnElement[Any], Any]:
        """Return what the rows of a day are paged by, and what is less than all of that."""
        has_numbers = self._engine.dialect.name == "sqlite"
        return (_ROW_NUMBER, 0) if has_numbers else (_RECORDINGS.recording_id, "")

    def _rows(self, query: Executable) -> list[Any]:
        with storing(self._engine), self._engine.connect() as db:
            return list(db.execute(query).all())


def _promises() -> Any:  # noqa: ANN401 (a select of five columns)
    files = tables.recordings.outerjoin(
        tables.files, _RECORDINGS.recording_id == _FILES.recording_id
    ).outerjoin(seals, JOINED)
    return select(*_PROMISED).select_from(files)


def _promise(row: Mapping[str, Any]) -> Promise:
    return Promise(
        day=Day.from_key(row["day"]),
        recording_id=row["recording_id"],
        path=row["path"] or "",
        size_bytes=row["size_bytes"] or 0,
        sha256=row["sha256"] or "",
    )
