"""Puts back into a restored ledger what only the sealed log still knows, in one transaction."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Engine, func, insert, select, update
from sqlalchemy.sql.functions import count

from recordings_pipeline.core.audit.recovering import (
    RECOVERED,
    WHY,
    Event,
    Lacking,
    Tombstone,
    attempt_of,
    recording_days,
)
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.holding import Hold, Person
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.standings import Settlement
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.erasure_book import bury, index_row
from recordings_pipeline.storage.hold_book import holds
from recordings_pipeline.storage.ledger_engine import (
    insert_or_ignore,
    insert_or_update,
    kind_of,
    writing,
)
from recordings_pipeline.storage.ledger_moves import move, record_next, replace_files

_EVENTS, _RECORDINGS = tables.events.c, tables.recordings.c
_DUE = Verdict(Outcome.DISCOVERED, WHY)
# As many at once; SQLite takes 32,766 values a statement.
_MOST = 500
_EMPTY = ("reason", "run_id", "day")


class RecoveryBook:
    """Recovers; nobody else writes to the ledger meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def recover(self, found: Lacking, by: Person, now: datetime) -> bool:
        """Take what the ledger lacks; return whether it is still behind the log, as it has to be.

        A recording whose state has changed since is due again: the log does not know all that the
        ledger has to, and the next export of its day finds it out.
        """
        with writing(self._engine) as db:
            if db.scalar(select(count()).where(_EVENTS.seq >= found.events[0]["seq"])):
                return False
            db.execute(insert(tables.events), [_row(event) for event in found.events])
            _count_on(db, _EVENTS.seq)
            _recover_transcripts(db, found)
            _recover_recordings(db, found, now)
            note = {"event_time": now, "outcome": "recovered", "reason": WHY, "actor": by.actor}
            for one in found.tombstones:
                _bury(db, one, note)
            _recover_holds(db, found, note)
            for day in sorted(recording_days(found.events)):
                chosen = update(tables.days).where(tables.days.c.day == day.key)
                db.execute(chosen.values(is_settled=False, reasons=WHY))
            record_next(
                db, "ledger", RECOVERED, {**note, "day": "", "reason": f"{WHY}: {found.text}"}
            )
        return True


def _row(event: Event) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: event.get(column.name) for column in _EVENTS}
    row |= {name: row[name] or "" for name in _EMPTY}
    return {**row, "event_time": datetime.fromisoformat(event["event_time"])}


def _recover_transcripts(db: Connection, found: Lacking) -> None:
    rows = [
        {
            "communication_id": id_,
            "conversation_id": event["conversation_id"],
            "day": event["day"],
            "state": event["outcome"],
            "asked_time": datetime.fromisoformat(event["event_time"]),
            "recording_ids": "",
            "attempt": attempt_of(event),
        }
        for id_, event in found.last_of("transcript").items()
    ]
    key, keep = ["communication_id"], ["recording_ids"]
    insert_or_update(db, tables.transcripts, *rows, key=key, keep=keep)


def _recover_recordings(db: Connection, found: Lacking, now: datetime) -> None:
    """Let each recording count on after its last event, and be due again unless it was erased."""
    due, buried = [], {one.conversation_id for one in found.tombstones}
    for id_, event in found.last_of("recording").items():
        is_it = _RECORDINGS.recording_id == id_
        row = db.execute(select(_RECORDINGS.outcome, _RECORDINGS.reason).where(is_it)).first()
        if row is None:
            db.execute(insert(tables.recordings).values(_unknown(id_, event)))
        else:
            db.execute(update(tables.recordings).where(is_it).values(attempt=attempt_of(event)))
        if event["conversation_id"] not in buried:
            due.append(Settlement(id_, _DUE))
    for start in range(0, len(due), _MOST):
        some = due[start : start + _MOST]
        replace_files(db, some)
        move(db, some, now)


def _unknown(id_: str, event: Event) -> dict[str, Any]:
    """Return the row of a recording that was indexed after the backup, until it is once more."""
    day = Day.from_key(event["day"])
    return {
        "recording_id": id_,
        "conversation_id": event["conversation_id"],
        "day": day.key,
        "start_time": day.start,
        "outcome": "unlisted",
        "attempt": attempt_of(event),
        "row": index_row(id_, event["conversation_id"], day.start),
    }


def _bury(db: Connection, one: Tombstone, note: Mapping[str, Any]) -> None:
    """Leave the tombstone once more; the next erasure, or run of its day, removes the bytes."""
    bury(db, one.day, one.conversation_id, one.order, one.erased_time, note["event_time"])
    record_next(db, one.conversation_id, RECOVERED, {**note, "day": one.day.key if one.day else ""})


def _recover_holds(db: Connection, found: Lacking, note: Mapping[str, Any]) -> None:
    for hold in found.holds:
        db.execute(insert_or_ignore(db, holds, _hold_row(hold)))
        news = {**note, "day": "", "reason": f"{hold.what}: {WHY}"}
        record_next(db, f"hold/{hold.hold_id}", RECOVERED, news)
    _count_on(db, holds.c.hold_id)
    for number, by in found.released.items():
        db.execute(update(holds).where(holds.c.hold_id == number).values(by))
        news = {**note, "day": "", "reason": f"released before: {WHY}"}
        record_next(db, f"hold/{number}", RECOVERED, news)


def _hold_row(hold: Hold) -> dict[str, Any]:
    values = asdict(hold)
    first, last = values.pop("first"), values.pop("last")
    return {**values, "first_day": str(first or ""), "last_day": str(last or "")}


def _count_on(db: Connection, column: Column[int]) -> None:
    """Let numbers go on after those that were given; SQLite does that by itself."""
    if kind_of(db.engine).is_local:
        return
    sequence, last = func.pg_get_serial_sequence(column.table.name, column.name), func.max(column)
    db.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))
