"""What the ledger remembers of days, of their conversations, and of names."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from itertools import islice

from sqlalchemy import Engine, select, update

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.standings import DayStanding, KnownConversation
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import insert_or_update, writing

# SQLite takes 32,766 values a statement.
_IDS = 500
_PLANNED = ("planned_recordings", "planned_calls", "planned_bytes")


class DayBook:
    """How days stand, and what was asked of their conversations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def standing(self, day: Day) -> DayStanding | None:
        """Return how a day stands; None for one that was never indexed."""
        return next(iter(self.standings(day.date, day.date)), None)

    def standings(self, first: date, last: date) -> list[DayStanding]:
        """Return the days from first to last, both included, that were indexed or planned."""
        columns = tables.days.c
        query = select(tables.days).where(columns.day.between(str(first), str(last)))
        with self._engine.connect() as db:
            rows = db.execute(query.order_by(columns.day)).mappings().all()
        return [
            DayStanding(
                **{
                    **row,
                    "day": Day.from_key(row["day"]),
                    "reasons": tuple(filter(None, row["reasons"].split("\n"))),
                }
            )
            for row in rows
        ]

    def indexed(self, standing: DayStanding) -> None:
        """Say how a day stands after it was indexed; what was planned and spent is kept."""
        values = {
            **asdict(standing),
            "day": standing.day.key,
            "reasons": "\n".join(standing.reasons),
        }
        with writing(self._engine) as db:
            keep = [*_PLANNED, "spent_calls"]
            db.execute(insert_or_update(tables.days, values, key=["day"], keep=keep))

    def planned(self, day: Day, now: datetime, *, recordings: int, calls: int, size: int) -> None:
        """Remember what was predicted for a day."""
        values = {
            "day": day.key,
            "indexed_time": now,
            "is_settled": False,
            "reasons": "not exported yet",
            "conversation_count": 0,
            "open_count": 0,
            **dict(zip(_PLANNED, (recordings, calls, size), strict=True)),
        }
        with writing(self._engine) as db:
            keep = [name for name in values if name not in _PLANNED]
            db.execute(insert_or_update(tables.days, values, key=["day"], keep=keep))

    def spent(self, day: Day, calls: int) -> None:
        """Add to the API calls a day has taken."""
        columns = tables.days.c
        with writing(self._engine) as db:
            db.execute(
                update(tables.days)
                .where(columns.day == day.key)
                .values(spent_calls=columns.spent_calls + calls)
            )

    def conversations(self, day: Day) -> dict[str, KnownConversation]:
        """Return what was asked of the day's conversations, by id."""
        columns = tables.conversations.c
        query = select(tables.conversations).where(columns.day == day.key)
        with self._engine.connect() as db:
            rows = db.execute(query.order_by(columns.conversation_id)).mappings().all()
        return {
            row["conversation_id"]: KnownConversation(
                row["conversation_id"],
                row["asked_time"],
                row["end_time"],
                row["batch_id"],
                tuple(filter(None, row["unlisted"].split(","))),
            )
            for row in rows
        }

    def asked(self, day: Day, ids: Iterable[str]) -> dict[str, datetime]:
        """Return when some of the day's conversations were last asked about, by id."""
        columns, waiting = tables.conversations.c, iter(ids)
        found: dict[str, datetime] = {}
        with self._engine.connect() as db:
            while chunk := list(islice(waiting, _IDS)):
                query = select(columns.conversation_id, columns.asked_time).where(
                    columns.day == day.key, columns.conversation_id.in_(chunk)
                )
                found |= {row.conversation_id: row.asked_time for row in db.execute(query)}
        return found

    def unlisted_count(self, day: Day) -> int:
        """Count the legs of the day that say they were recorded, without a recording."""
        columns = tables.conversations.c
        query = select(columns.unlisted).where(columns.day == day.key, columns.unlisted != "")
        with self._engine.connect() as db:
            return sum(ids.count(",") + 1 for ids in db.scalars(query))


class NameBook:
    """Names of queues, agents and divisions, as they were when last looked up."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> dict[str, str]:
        """Return every known name by id."""
        with self._engine.connect() as db:
            rows = db.execute(select(tables.names.c.id, tables.names.c.name)).all()
        return {row.id: row.name for row in rows}

    def asked_time(self) -> datetime | None:
        """Return when names were last looked up; None for never."""
        with self._engine.connect() as db:
            times: Iterable[datetime] = db.scalars(select(tables.names.c.asked_time).distinct())
            return max(times, default=None)

    def keep(self, names: Mapping[str, str], now: datetime) -> None:
        """Keep what was looked up; names that are gone at the source stay."""
        with writing(self._engine) as db:
            for id_, name in names.items():
                values = {"id": id_, "name": name, "asked_time": now}
                db.execute(insert_or_update(tables.names, values, key=["id"]))
