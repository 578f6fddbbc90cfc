"""The ledger's events, in the order in which they were committed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Select, String, select, type_coerce
from sqlalchemy.sql.functions import count

from recordings_pipeline.core.audit.actions import ACCESSED, FINISHED, PREFLIGHT, STARTED
from recordings_pipeline.core.days import Day
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.agreement import disagreements
from recordings_pipeline.storage.ledger_engine import storing, writing
from recordings_pipeline.storage.ledger_moves import record_next

_COLUMNS = tables.events.c
# An instant is kept as the text that the log holds: reading it into a datetime and writing it
# again would take half of the time of sealing.
_SELECTED = [
    type_coerce(column, String).label(column.name) if column is _COLUMNS.event_time else column
    for column in _COLUMNS
]


class EventBook:
    """What has happened; numbers grow, and one that is not there was never committed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def after(self, seq: int, limit: int) -> list[dict[str, Any]]:
        """Return the next events, at most ``limit`` of them."""
        query = select(*_SELECTED).where(_COLUMNS.seq > seq).order_by(_COLUMNS.seq)
        return self._rows(query.limit(limit))

    def between(self, first: int, last: int) -> list[dict[str, Any]]:
        """Return the events from one number to another, both included."""
        query = select(*_SELECTED).where(_COLUMNS.seq.between(first, last))
        return self._rows(query.order_by(_COLUMNS.seq))

    def at(self, seq: int) -> Mapping[str, Any] | None:
        """Return the event with a number; None for none."""
        return next(iter(self.between(seq, seq)), None)

    def count_after(self, seq: int) -> int:
        """Return how many events came after a number."""
        with storing(self._engine), self._engine.connect() as db:
            return db.scalar(select(count()).where(_COLUMNS.seq > seq)) or 0

    def contradictions(self, limit: int) -> list[tuple[str, str]]:
        """Return what is otherwise than its events say: name and how, so many of a kind."""
        return disagreements(self._engine, limit)

    def started(self, stage: str, day: Day, now: datetime, version: str) -> None:
        """Keep that a stage of a day has begun."""
        self._tell(stage, day, STARTED, {"event_time": now, "outcome": "done", "reason": version})

    def finished(self, stage: str, day: Day, now: datetime, *, is_done: bool) -> None:
        """Keep how a stage of a day has ended."""
        outcome = "done" if is_done else "failed"
        self._tell(stage, day, FINISHED, {"event_time": now, "outcome": outcome})

    def checked(self, day: Day, now: datetime, text: str, *, is_passed: bool) -> None:
        """Keep what a look at space and allowance has found, before anything moved."""
        outcome = "done" if is_passed else "failed"
        values = {"event_time": now, "outcome": outcome, "reason": text}
        self._tell("recording_index", day, PREFLIGHT, values)

    def accessed(self, id_: str, values: Mapping[str, Any]) -> None:
        """Keep that somebody took a conversation, or a recording of it, out of the archive."""
        self._record(id_, ACCESSED, {"outcome": "done", **values})

    def _tell(self, stage: str, day: Day, action: str, values: Mapping[str, Any]) -> None:
        self._record(f"{stage}/{day}", action, {"day": day.key, **values})

    def _record(self, object_id: str, action: str, values: Mapping[str, Any]) -> None:
        with writing(self._engine) as db:
            record_next(db, object_id, action, values)

    def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        with storing(self._engine), self._engine.connect() as db:
            return [dict(row) for row in db.execute(query).mappings()]
