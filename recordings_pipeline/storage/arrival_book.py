"""What arrived in the export directory, as events: each exactly once, whoever reads the journal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from recordings_pipeline.core.arrivals import REFUSED, Entry, told_name
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import writing

_DONE = "done"


class ArrivalBook:
    """Keeps events under ids that only depend on what they tell, so that none comes twice."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, journal: str, start: int, entries: Sequence[Entry], now: datetime) -> int:
        """Keep the lines of a journal from a byte on, and return up to where they were kept.

        Whoever reads on from the same byte, at the same time or again, gets the same end: what he
        makes of it, such as the key of a run, is the same as well.

        Args:
            journal: Which journal it is.
            start: Where the lines begin.
            entries: At least one.
            now: When they were read.
        """
        object_id = f"journal/{journal}/{start}"
        taken = {
            "event_id": f"{object_id}/1/arrivals.read",
            "event_time": now,
            "action": "arrivals.read",
            "object_id": object_id,
            "day": "",
            "outcome": _DONE,
            "reason": str(entries[-1].end),
        }
        columns = tables.events.c
        with writing(self._engine) as db:
            db.execute(insert(tables.events).values(taken).on_conflict_do_nothing())
            query = select(columns.reason).where(columns.event_id == taken["event_id"])
            end = int(db.execute(query).scalar_one())
            rows = [_event(entry) for entry in entries if entry.end <= end]
            if rows:
                db.execute(insert(tables.events).on_conflict_do_nothing(), rows)
        return end

    def note(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep what became of files in the drop folder; what is known already stays as it is."""
        found = [dict(row) for row in rows]
        with writing(self._engine) as db:
            if found:
                db.execute(insert(tables.events).on_conflict_do_nothing(), found)


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
