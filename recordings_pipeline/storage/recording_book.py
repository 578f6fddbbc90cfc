"""A day's recordings, read so that memory does not grow with the day."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, func, or_, select

from recordings_pipeline.core.completeness import BY_CALLER, FETCHABLE
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.standings import DueRecording, Standing, standing_from
from recordings_pipeline.core.trust import NOT_IN_CODECS
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import storing, streamed
from recordings_pipeline.storage.seal_book import JOINED, seals

_PAGE = 1_000
_RECORDINGS, _FILES, _CONVERSATIONS = tables.recordings.c, tables.files.c, tables.conversations.c


class RecordingBook:
    """Reads in pages: no transaction stays open that would keep the write-ahead log growing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def due(self, day: Day, now: datetime) -> list[DueRecording]:
        """Return the recordings that may be fetched now, those of one batch request together.

        About 300 bytes each: a day of 100,000 takes 30 MB.
        """
        batch_id = func.coalesce(_CONVERSATIONS.batch_id, "")
        query = (
            select(_RECORDINGS.recording_id, batch_id)
            .outerjoin(tables.conversations, _joined())
            .where(_RECORDINGS.day == day.key, _may_be_fetched(), _is_time(now))
            .order_by(batch_id, _RECORDINGS.conversation_id, _RECORDINGS.recording_id)
        )
        batches: dict[str, str] = {}
        return [
            DueRecording(id_, batches.setdefault(batch, batch) or None)
            for id_, batch in streamed(self._engine, query)
        ]

    def come_due(self, day: Day, now: datetime) -> set[str]:
        """Return the recordings that failed and whose time to be tried again has come."""
        query = select(_RECORDINGS.recording_id).where(
            _RECORDINGS.day == day.key,
            _RECORDINGS.outcome == str(Outcome.RETRY),
            _RECORDINGS.retry_time <= now,
        )
        with storing(self._engine), self._engine.connect() as db:
            return set(db.scalars(query))

    def last_retry(self, day: Day) -> datetime | None:
        """Return when all recordings that failed may be tried again; None for now."""
        query = select(func.max(_RECORDINGS.retry_time, type_=_RECORDINGS.retry_time.type))
        query = query.where(_RECORDINGS.day == day.key, _RECORDINGS.outcome == str(Outcome.RETRY))
        with storing(self._engine), self._engine.connect() as db:
            found: datetime | None = db.scalar(query)
            return found

    def untried(self, day: Day) -> list[Standing]:
        """Return the recordings that nobody has tried to fetch, ordered by id."""
        return self._standings(day, _RECORDINGS.outcome == str(Outcome.DISCOVERED))

    def of_unwanted_codecs(self, day: Day) -> list[Standing]:
        """Return the recordings that were left out for their codecs, ordered by id."""
        is_excluded = _RECORDINGS.outcome == str(Outcome.EXCLUDED)
        return self._standings(day, is_excluded, _RECORDINGS.reason.endswith(NOT_IN_CODECS))

    def _standings(self, day: Day, *conditions: ColumnElement[bool]) -> list[Standing]:
        query = select(tables.recordings).where(_RECORDINGS.day == day.key, *conditions)
        with storing(self._engine), self._engine.connect() as db:
            rows = db.execute(query.order_by(_RECORDINGS.recording_id)).mappings()
            return [standing_from(dict(row)) for row in rows]

    def spans_to_come(
        self, day: Day, without: Collection[str]
    ) -> Iterator[tuple[datetime, datetime | None]]:
        """Yield start and end of the conversation of each recording that is still to come.

        What is forbidden is asked for again, and seldom comes: it is left out.
        """
        query = (
            select(_RECORDINGS.recording_id, _RECORDINGS.start_time, _CONVERSATIONS.end_time)
            .outerjoin(tables.conversations, _joined())
            .where(
                _RECORDINGS.day == day.key,
                _RECORDINGS.outcome.in_([str(o) for o in FETCHABLE if not o.is_final]),
            )
        )
        for id_, start, end in streamed(self._engine, query):
            if id_ not in without:
                yield start, end

    def files(self, day: Day) -> Iterator[Mapping[str, Any]]:
        """Yield recording, path and size of the day's files, ordered by recording and number."""
        for row in self.manifest(day):
            if row["path"] is not None:
                yield row

    def manifest(self, day: Day) -> Iterator[dict[str, Any]]:
        """Yield a row per file, and one per recording without a file, ordered by recording.

        What was erased has none.
        """
        last = ""
        while page := self._manifest_page(day, last):
            yield from page
            last = page[-1]["recording_id"]

    def _manifest_page(self, day: Day, after: str) -> list[dict[str, Any]]:
        """Return the rows of the next recordings; all files of one are on the same page."""
        chosen = (
            select(_RECORDINGS.recording_id)
            .where(
                _RECORDINGS.day == day.key,
                _RECORDINGS.recording_id > after,
                _RECORDINGS.outcome != str(Outcome.ERASED),
            )
            .order_by(_RECORDINGS.recording_id)
            .limit(_PAGE)
        )
        query = (
            select(
                _RECORDINGS.recording_id,
                _RECORDINGS.conversation_id,
                _RECORDINGS.outcome,
                func.nullif(_RECORDINGS.reason, "").label("reason"),
                _RECORDINGS.retry_time,
                *(column for column in _FILES if column.name != "recording_id"),
                seals.c.stored_size_bytes,
                seals.c.stored_sha256,
            )
            .outerjoin(tables.files, _FILES.recording_id == _RECORDINGS.recording_id)
            .outerjoin(seals, JOINED)
            .where(_RECORDINGS.recording_id.in_(chosen))
            .order_by(_RECORDINGS.recording_id, _FILES.file_number)
        )
        with storing(self._engine), self._engine.connect() as db:
            return [dict(row) for row in db.execute(query).mappings()]


def _joined() -> ColumnElement[bool]:
    return _CONVERSATIONS.conversation_id == _RECORDINGS.conversation_id


def _is_time(now: datetime) -> ColumnElement[bool]:
    return _RECORDINGS.retry_time.is_(None) | (_RECORDINGS.retry_time <= now)


def _may_be_fetched() -> ColumnElement[bool]:
    return or_(
        _RECORDINGS.outcome.in_([str(outcome) for outcome in FETCHABLE]),
        (_RECORDINGS.outcome == str(BY_CALLER.outcome)) & (_RECORDINGS.reason == BY_CALLER.reason),
    )
