"""Tombstones: which conversations were erased, so that nobody fetches them again.

Whatever the ledger knows of a person goes in the same transaction as the tombstone comes. From then
on no run exports the conversation, whether or not its bytes are gone yet.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    delete,
    func,
    select,
    update,
)

from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.erasing import Order, is_same_line
from recordings_pipeline.core.holding import Hold, person_from
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.rows import row_as_text
from recordings_pipeline.core.schemas import RECORDING_INDEX
from recordings_pipeline.core.standings import Settlement
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.hold_book import holds_on
from recordings_pipeline.storage.ledger_engine import (
    forget_replaced,
    insert_or_ignore,
    storing,
    writing,
)
from recordings_pipeline.storage.ledger_moves import move, record, record_next
from recordings_pipeline.storage.ledger_types import member
from recordings_pipeline.storage.raw_book import raw_seals
from recordings_pipeline.storage.tombstones import erased_among, erasures, in_pages

_LINES = ("ani", "dnis")

_COLUMNS, _RECORDINGS = erasures.c, tables.recordings.c


class ErasureBook:
    """Begins and ends erasures; between the two the bytes go."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def among(self, ids: Iterable[str]) -> frozenset[str]:
        """Return those of some conversations that were erased."""
        with storing(self._engine), self._engine.connect() as db:
            return erased_among(db, ids)

    def pending(self) -> dict[str, Day | None]:
        """Return the conversations whose bytes are to go, with their days."""
        query = select(_COLUMNS.conversation_id, _COLUMNS.day).where(_COLUMNS.done_time.is_(None))
        return {id_: Day.from_key(day) if day else None for id_, day in self._rows(query)}

    def days_of(self, ids: Iterable[str]) -> dict[str, Day]:
        """Return the days of some conversations; those that nobody indexed are left out."""
        found: dict[str, Day] = {}
        for some in in_pages(ids):
            for table in (tables.recordings, tables.conversations):
                whose = table.c.conversation_id
                query = select(whose, table.c.day).where(whose.in_(some)).distinct()
                found |= {id_: Day.from_key(day) for id_, day in self._rows(query)}
        return found

    def recordings_of(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the recordings of some conversations, by conversation."""
        found: dict[str, tuple[str, ...]] = {}
        for some in in_pages(ids):
            query = select(_RECORDINGS.conversation_id, _RECORDINGS.recording_id)
            query = query.where(_RECORDINGS.conversation_id.in_(some))
            for whose, id_ in self._rows(query.order_by(_RECORDINGS.recording_id)):
                found[whose] = (*found.get(whose, ()), id_)
        return found

    def counts_of(self, days: Span) -> tuple[int, int]:
        """Return how many conversations of some days were erased, and how many of no known day."""
        first, last = str(days.first), str(days.last)
        of_days = _COLUMNS.day.between(first, last)
        query = select(_COLUMNS.day, func.count()).where(of_days | (_COLUMNS.day == ""))
        found = {True: 0, False: 0}
        for day, count in self._rows(query.group_by(_COLUMNS.day)):
            found[bool(day)] += count
        return found[True], found[False]

    def conversations_before(self, day: Day) -> dict[Day, list[str]]:
        """Return the conversations before a day that were not erased, by day."""
        found: dict[Day, set[str]] = {}
        for table in (tables.recordings, tables.conversations):
            whose = table.c.conversation_id
            query = select(table.c.day, whose).distinct().where(table.c.day < day.key)
            gone = select(_COLUMNS.conversation_id)
            for key, id_ in self._rows(query.where(whose.not_in(gone))):
                found.setdefault(Day.from_key(key), set()).add(id_)
        return {key: sorted(found[key]) for key in sorted(found)}

    def conversations_with(self, line: str) -> list[str]:
        """Return the conversations that came from, or went to, a telephone number."""
        found: set[str] = set()
        for name in _LINES:
            value = member(_RECORDINGS.row, name)
            lines = [text for (text,) in self._rows(select(value).distinct()) if text]
            for some in in_pages(text for text in lines if is_same_line(text, line)):
                query = select(_RECORDINGS.conversation_id).where(value.in_(some))
                found.update(id_ for (id_,) in self._rows(query))
        return sorted(found)

    def begin(
        self, day: Day | None, ids: Collection[str], order: Order, now: datetime
    ) -> dict[str, Hold]:
        """Leave tombstones, and forget what the ledger knows of some conversations of a day.

        Returns:
            The holds on those that are held, and were left as they are.
        """
        with writing(self._engine) as db:
            held = holds_on(db, day, ids)
            for id_ in sorted(set(ids) - held.keys()):
                if bury(db, day, id_, order, now, now):
                    key = day.key if day else ""
                    news = {"event_time": now, "day": key, "outcome": "begun"}
                    who = {"reason": order.text, "actor": order.actor}
                    record(db, id_, 1, "erasure.begun", {**news, **who})
        return held

    def done(self, sizes: dict[str, int], now: datetime) -> None:
        """Hear that nothing is left of some conversations, and how many bytes went.

        What the database keeps of them besides goes as well, as far as it lets us.
        """
        with writing(self._engine) as db:
            for id_, size in sizes.items():
                chosen = update(erasures).where(
                    _COLUMNS.conversation_id == id_, _COLUMNS.done_time.is_(None)
                )
                if not db.execute(chosen.values(done_time=now)).rowcount:
                    continue
                kept = select(_COLUMNS.day, _COLUMNS.reason, _COLUMNS.erased_by)
                row = db.execute(kept.where(_COLUMNS.conversation_id == id_)).one()
                news = {"event_time": now, "day": row.day, "outcome": "erased"}
                who = {"reason": row.reason, "actor": person_from(row.erased_by).actor}
                record_next(db, id_, "conversation.erased", {**news, **who, "size_bytes": size})
        forget_replaced(self._engine)

    def _rows(self, query: Executable) -> list[Any]:
        with storing(self._engine), self._engine.connect() as db:
            return list(db.execute(query).all())


def bury(  # noqa: PLR0913, PLR0917 (a tombstone says no less)
    db: Connection, day: Day | None, id_: str, order: Order, erased: datetime, now: datetime
) -> bool:
    """Leave a tombstone, and forget what is known of a conversation; say whether it is new."""
    values = {
        "conversation_id": id_,
        "day": day.key if day else "",
        "reason": order.text,
        "erased_by": order.by,
        "erased_time": erased,
    }
    is_new = bool(db.execute(insert_or_ignore(db, erasures, values)).rowcount)
    _forget(db, day, id_, Verdict(Outcome.ERASED, order.text), now)
    return is_new


def index_row(recording_id: str, conversation_id: str, start: datetime) -> str:
    """Return a row of the index that knows no more than ids and a time."""
    row = {
        "recording_id": recording_id,
        "conversation_id": conversation_id,
        "conversation_start_time": start,
        "is_open": False,
        "agent_count": 0,
        "participant_count": 0,
    }
    return row_as_text(RECORDING_INDEX, row)


def _forget(db: Connection, day: Day | None, id_: str, verdict: Verdict, now: datetime) -> None:
    """Keep ids of a conversation's recordings, and nothing else that the ledger knows of it."""
    query = select(_RECORDINGS.recording_id).where(_RECORDINGS.conversation_id == id_)
    for recording_id in db.scalars(query).all():
        db.execute(delete(tables.files).where(tables.files.c.recording_id == recording_id))
        start = day.start if day else now
        changed = {"communication_id": None, "start_time": start}
        chosen = update(tables.recordings).where(_RECORDINGS.recording_id == recording_id)
        db.execute(chosen.values(row=index_row(recording_id, id_, start), **changed))
        move(db, [Settlement(recording_id, verdict)], now)
    known = tables.conversations, tables.gaps, tables.transcripts, tables.orphans, raw_seals
    for table in known:
        db.execute(delete(table).where(table.c.conversation_id == id_))
