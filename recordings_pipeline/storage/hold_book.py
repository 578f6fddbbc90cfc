"""Legal holds in the ledger; each change is an event of the audit log."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Table,
    insert,
    select,
    update,
)

from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.holding import Hold, Person, is_confirmation, nothing_left
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import storing, writing
from recordings_pipeline.storage.ledger_moves import record_next
from recordings_pipeline.storage.ledger_types import TEXT, WHOLE, Instant, word
from recordings_pipeline.storage.tombstones import erased_among

holds = Table(
    "holds",
    tables.metadata,
    Column("hold_id", WHOLE, primary_key=True, autoincrement=True),
    # Empty for days.
    Column("conversation_id", word(36), nullable=False, index=True),
    # Both empty for a conversation.
    Column("first_day", word(10), nullable=False),
    Column("last_day", word(10), nullable=False),
    Column("reason", TEXT, nullable=False),
    Column("held_by", TEXT, nullable=False),
    Column("held_time", Instant, nullable=False),
    Column("asked_by", TEXT, nullable=False, default=""),
    Column("asked_reason", TEXT, nullable=False, default=""),
    Column("released_by", TEXT, nullable=False, default=""),
    sqlite_autoincrement=True,
)
_COLUMNS = holds.c
# SQLite takes 32,766 values a statement.
_IDS = 500


class HoldBook:
    """Holds are never deleted: a released one stays, with the two who released it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Hold]:
        """Return the holds, released ones as well, in the order they came."""
        with storing(self._engine), self._engine.connect() as db:
            rows = db.execute(select(holds).order_by(_COLUMNS.hold_id)).mappings().all()
        return [_hold(row) for row in rows]

    def of(self, hold_id: int) -> Hold:
        """Return a hold.

        Raises:
            ConfigurationError: There is none.
        """
        with storing(self._engine), self._engine.connect() as db:
            return _found(db, hold_id)

    def add(self, what: Iterable[str | Span], reason: str, by: Person, now: datetime) -> list[Hold]:
        """Hold conversations, or all of some days; all that is named, or nothing.

        Raises:
            ConfigurationError: A conversation was erased before.
        """
        named = list(what)
        given = {"reason": reason, "held_by": str(by), "held_time": now}
        with writing(self._engine) as db:
            for id_ in erased_among(db, (one for one in named if isinstance(one, str))):
                raise nothing_left(id_)
            return [_added(db, {**_what(one), **given}, by) for one in named]

    def release(self, hold_id: int, reason: str, by: Person, now: datetime) -> Hold:
        """Ask for a release, or confirm what somebody else has asked for.

        Raises:
            ConfigurationError: There is no such hold, it is released, or one person alone wants it.
        """
        with writing(self._engine) as db:
            hold = _found(db, hold_id)
            is_last = is_confirmation(hold, by)
            changed = {"released_by": str(by)}
            if not is_last:
                changed = {"asked_by": str(by), "asked_reason": reason}
            db.execute(update(holds).where(_COLUMNS.hold_id == hold_id).values(changed))
            hold = _found(db, hold_id)
            action = "hold.released" if is_last else "hold.release_asked"
            _note(db, hold, action, now, reason, by)
        return hold

    def on(self, day: Day | None, ids: Collection[str]) -> dict[str, Hold]:
        """Return the holds on some conversations of a day, one for each that is held."""
        with storing(self._engine), self._engine.connect() as db:
            return holds_on(db, day, ids)


def holds_on(db: Connection, day: Day | None, ids: Collection[str]) -> dict[str, Hold]:
    """Look for holds in the transaction of whoever erases.

    What has no day, as nobody indexed it, may be of any: whatever days are held hold it.
    """
    is_held = _COLUMNS.released_by == ""
    query = select(holds).where(is_held, _COLUMNS.first_day != "")
    if day is not None:
        query = query.where(_COLUMNS.first_day <= day.key, _COLUMNS.last_day >= day.key)
    row = db.execute(query.order_by(_COLUMNS.hold_id).limit(1)).mappings().first()
    found = {} if row is None else dict.fromkeys(ids, _hold(row))
    wanted = sorted(ids)
    for start in range(0, len(wanted), _IDS):
        some = _COLUMNS.conversation_id.in_(wanted[start : start + _IDS])
        for row in db.execute(select(holds).where(is_held, some)).mappings():
            found[row["conversation_id"]] = _hold(row)
    return found


def _what(held: str | Span) -> dict[str, str]:
    if isinstance(held, Span):
        return {"conversation_id": "", "first_day": str(held.first), "last_day": str(held.last)}
    return {"conversation_id": held, "first_day": "", "last_day": ""}


def _added(db: Connection, values: dict[str, Any], by: Person) -> Hold:
    number = db.execute(insert(holds).values(values)).inserted_primary_key
    hold = _found(db, int(number[0] if number else 0))
    _note(db, hold, "hold.added", hold.held_time, hold.reason, by)
    return hold


def _found(db: Connection, hold_id: int) -> Hold:
    row = db.execute(select(holds).where(_COLUMNS.hold_id == hold_id)).mappings().first()
    if row is None:
        raise ConfigurationError(f"hold {hold_id}", "is not known: see hold list")
    return _hold(row)


def _hold(row: Any) -> Hold:  # noqa: ANN401 (a mapping of the table's columns)
    values = dict(row)
    first, last = values.pop("first_day"), values.pop("last_day")
    return Hold(
        first=date.fromisoformat(first) if first else None,
        last=date.fromisoformat(last) if last else None,
        **values,
    )


def _note(  # noqa: PLR0913, PLR0917 (what an event is made of)
    db: Connection, hold: Hold, action: str, now: datetime, why: str, by: Person
) -> None:
    outcome = action.partition(".")[2]
    news = {"event_time": now, "day": "", "outcome": outcome, "actor": by.actor}
    object_id = f"hold/{hold.hold_id}"
    record_next(db, object_id, action, {**news, "reason": f"{hold.what}: {why}"})
