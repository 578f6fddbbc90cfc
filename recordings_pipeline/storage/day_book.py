"""What the ledger remembers of days, of their conversations, and of names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Engine, delete, insert, or_, select, update

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.gaps import Gap, GapKind
from recordings_pipeline.core.standings import NOT_EXPORTED, DayStanding, KnownConversation
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import (
    insert_or_ignore,
    insert_or_update,
    storing,
    writing,
)

# SQLite takes 32,766 values a statement.
_IDS = 500
_IS_UNKNOWN = tables.gaps.c.kind == str(GapKind.UNKNOWN_RESULT)
_UNKNOWN_CAME = "batches delivered recordings that the index does not list: it asks for them again"
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
        with storing(self._engine), self._engine.connect() as db:
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
            insert_or_update(db, tables.days, values, key=["day"], keep=keep)

    def planned(self, day: Day, now: datetime, *, recordings: int, calls: int, size: int) -> None:
        """Remember what a day will have taken when it is done, earlier runs included."""
        values = {
            **_unknown(day, now),
            **dict(zip(_PLANNED, (recordings, calls, size), strict=True)),
        }
        with writing(self._engine) as db:
            keep = [name for name in values if name not in _PLANNED]
            insert_or_update(db, tables.days, values, key=["day"], keep=keep)

    def spent(self, day: Day, now: datetime, calls: int) -> None:
        """Add to the API calls a day has taken, whether or not it was ever indexed."""
        if not calls:
            return
        columns = tables.days.c
        with writing(self._engine) as db:
            db.execute(insert_or_ignore(db, tables.days, _unknown(day, now)))
            db.execute(
                update(tables.days)
                .where(columns.day == day.key)
                .values(spent_calls=columns.spent_calls + calls)
            )

    def distrust_batches(self) -> None:
        """Unsettle every day: its batches may have hidden recordings that metadata shows."""
        reason = "batches may hide recordings of this organization: metadata is read in full"
        with writing(self._engine) as db:
            settled = tables.days.c.is_settled
            db.execute(update(tables.days).where(settled).values(is_settled=False, reasons=reason))

    def unsettle(self, day: Day, reason: str) -> None:
        """Say why a day that was settled may change after all."""
        with writing(self._engine) as db:
            chosen = update(tables.days).where(tables.days.c.day == day.key)
            db.execute(chosen.values(is_settled=False, reasons=reason))

    def known(self, day: Day, ids: Iterable[str]) -> dict[str, KnownConversation]:
        """Return what was asked of some of the day's conversations, by id."""
        named, waiting = tables.conversations.c.conversation_id, iter(ids)
        found: dict[str, KnownConversation] = {}
        while chunk := list(islice(waiting, _IDS)):
            found |= {
                item.conversation_id: item for item in self._conversations(day, named.in_(chunk))
            }
        return found

    def days_of(self, ids: Sequence[str]) -> dict[str, Day]:
        """Return the days of some conversations, by id; those nobody asked about are left out."""
        columns = tables.conversations.c
        found: dict[str, Day] = {}
        for start in range(0, len(ids), _IDS):
            query = select(columns.conversation_id, columns.day)
            query = query.where(columns.conversation_id.in_(ids[start : start + _IDS]))
            with storing(self._engine), self._engine.connect() as db:
                found |= {row.conversation_id: Day.from_key(row.day) for row in db.execute(query)}
        return found

    def unlisted(self, day: Day) -> list[KnownConversation]:
        """Return the day's conversations with a leg that was recorded and has no recording."""
        return self._conversations(day, tables.conversations.c.unlisted != "")

    def keep_gaps(self, day: Day, found: Iterable[Gap]) -> None:
        """Say which recordings of a day should be there and are not, in place of those before.

        What a batch delivered unasked stays until the source lists it.
        """
        listed = tables.gaps.c.id.in_(select(tables.recordings.c.recording_id))
        with writing(self._engine) as db:
            db.execute(
                delete(tables.gaps).where(tables.gaps.c.day == day.key, or_(~_IS_UNKNOWN, listed))
            )
            for gap in found:
                db.execute(insert(tables.gaps).values({**asdict(gap), "day": day.key}))

    def keep_unknown_results(self, day: Day, found: Iterable[Gap]) -> None:
        """Keep what batches delivered and nobody listed, and have it listed by the next run.

        The day is unsettled, and the conversations of such recordings count as never asked about:
        a settled day asks nobody, and would not find them ever.
        """
        theirs = select(tables.gaps.c.conversation_id).where(
            tables.gaps.c.day == day.key, _IS_UNKNOWN
        )
        asked, days = tables.conversations, tables.days
        with writing(self._engine) as db:
            for gap in found:
                values = {**asdict(gap), "day": day.key}
                insert_or_update(db, tables.gaps, values, key=["id"])
            named = asked.c.conversation_id.in_(theirs)
            db.execute(update(asked).where(named).values(asked_time=day.start))
            is_doubtful = (days.c.day == day.key) & days.c.is_settled & theirs.exists()
            unsettled = {"is_settled": False, "reasons": _UNKNOWN_CAME}
            db.execute(update(days).where(is_doubtful).values(unsettled))

    def gaps(self, day: Day) -> tuple[Gap, ...]:
        """Return the gaps as they were decided last, those that fail the day first."""
        columns = tables.gaps.c
        query = select(*(column for column in columns if column.name != "day"))
        query = query.where(columns.day == day.key)
        with storing(self._engine), self._engine.connect() as db:
            rows = db.execute(query.order_by(columns.is_failing.desc(), columns.id)).mappings()
            return tuple(Gap(**{**row, "kind": GapKind(row["kind"])}) for row in rows)

    def _conversations(self, day: Day, *conditions: ColumnElement[bool]) -> list[KnownConversation]:
        columns = tables.conversations.c
        chosen = [column for column in columns if column.name != "stretches"]
        query = select(*chosen).where(columns.day == day.key, *conditions)
        with storing(self._engine), self._engine.connect() as db:
            rows = db.execute(query.order_by(columns.conversation_id)).mappings().all()
        return [
            KnownConversation(
                row["conversation_id"],
                row["asked_time"],
                row["end_time"],
                row["batch_id"],
                tuple(filter(None, row["unlisted"].split(","))),
            )
            for row in rows
        ]


class NameBook:
    """Names of queues, agents and divisions, as they were when last looked up."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> dict[str, str]:
        """Return every known name by id."""
        with storing(self._engine), self._engine.connect() as db:
            rows = db.execute(select(tables.names.c.id, tables.names.c.name)).all()
        return {row.id: row.name for row in rows}

    def asked_time(self) -> datetime | None:
        """Return when names were last looked up; None for never."""
        with storing(self._engine), self._engine.connect() as db:
            times: Iterable[datetime] = db.scalars(select(tables.names.c.asked_time).distinct())
            return max(times, default=None)

    def keep(self, names: Mapping[str, str], now: datetime) -> None:
        """Keep what was looked up; names that are gone at the source stay."""
        with writing(self._engine) as db:
            for id_, name in names.items():
                values = {"id": id_, "name": name, "asked_time": now}
                insert_or_update(db, tables.names, values, key=["id"])


def _unknown(day: Day, now: datetime) -> dict[str, Any]:
    """Return the row of a day that nobody has indexed."""
    return {
        "day": day.key,
        "indexed_time": now,
        "is_settled": False,
        "reasons": NOT_EXPORTED,
        "conversation_count": 0,
        "open_count": 0,
    }
