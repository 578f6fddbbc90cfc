"""What arrived in the export directory, as events: each exactly once, whoever reads the journal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, select

from recordings_pipeline.core.arrivals import REFUSED, Entry, told_name
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import (
    insert_or_ignore,
    insert_or_update,
    storing,
    writing,
)

_READ, _DUE, _INCOMING = "arrivals.read", "due/", "incoming."
# SQLite takes 32,766 values a statement.
_IDS = 500
_EVENTS, _NOTES = tables.events.c, tables.notes.c


class ArrivalBook:
    """Keeps events under ids that only depend on what they tell, so that none comes twice."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, journal: str, start: int, entries: Sequence[Entry], now: datetime) -> int:
        """Keep the lines of a journal from a byte on, and return up to where they were kept.

        Whoever reads on from the same byte, at the same time or again, gets the same end, and makes
        nothing due that was due already.

        Args:
            journal: Which journal it is.
            start: Where the lines begin.
            entries: At least one.
            now: When they were read.
        """
        object_id = f"journal/{journal}/{start}"
        end = entries[-1].end
        read = {
            "event_id": f"{object_id}/1/{_READ}",
            "event_time": now,
            "action": _READ,
            "object_id": object_id,
            "day": "",
            "outcome": "done",
            "reason": str(end),
        }
        with writing(self._engine) as db:
            added = db.execute(insert_or_ignore(db, tables.events, read))
            if not added.rowcount:
                query = select(_EVENTS.reason).where(_EVENTS.event_id == read["event_id"])
                return int(db.execute(query).scalar_one())
            rows = [_event(entry) for entry in entries]
            db.execute(insert_or_ignore(db, tables.events), rows)
            for place in dict.fromkeys(entry.place for entry in entries):
                if place:
                    note = {"name": _DUE + place, "value": f"{journal}:{end}", "noted_time": now}
                    insert_or_update(db, tables.notes, note, key=["name"])
        return end

    def due(self) -> dict[str, str]:
        """Return for which days, or for the drop folder, a run is due, and a key of its reason."""
        query = select(_NOTES.name, _NOTES.value).where(_NOTES.name.startswith(_DUE))
        with storing(self._engine), self._engine.connect() as db:
            rows = db.execute(query.order_by(_NOTES.noted_time, _NOTES.name)).all()
        return {name.removeprefix(_DUE): value for name, value in rows}

    def were_asked(self, asked: Mapping[str, str]) -> None:
        """Hear that runs were requested; one that became due again meanwhile stays due."""
        with writing(self._engine) as db:
            for place, key in asked.items():
                is_it = (_NOTES.name == _DUE + place) & (_NOTES.value == key)
                db.execute(delete(tables.notes).where(is_it))

    def of(self, recording_ids: Sequence[str]) -> dict[str, str]:
        """Return the ids of files in the drop folder that were told to be some recordings'."""
        found: dict[str, str] = {}
        for start in range(0, len(recording_ids), _IDS):
            some = recording_ids[start : start + _IDS]
            query = select(_EVENTS.event_id, _EVENTS.object_id).where(
                _EVENTS.object_id.in_(some), _EVENTS.action.startswith(_INCOMING)
            )
            with storing(self._engine), self._engine.connect() as db:
                found |= {event.partition("/")[0]: id_ for event, id_ in db.execute(query).all()}
        return found

    def note(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep what became of files in the drop folder; what is known already stays as it is."""
        found = [dict(row) for row in rows]
        with writing(self._engine) as db:
            if found:
                db.execute(insert_or_ignore(db, tables.events), found)


def _event(entry: Entry) -> dict[str, Any]:
    is_refused = entry.kind == REFUSED
    action = "file_refused" if is_refused else "file_created"
    name = told_name(entry)
    return {
        "event_id": f"{entry.id}/1/{action}",
        "event_time": datetime.fromisoformat(entry.time),
        "action": action,
        "object_id": entry.id,
        "day": str(entry.day or ""),
        "outcome": entry.kind,
        "reason": f"{name}: {entry.reason}" if is_refused else name,
        "size_bytes": entry.size_bytes,
    }
