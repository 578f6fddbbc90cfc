"""What the ledger remembers of a day's recordings: how each stands, and every event of it."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, func, select

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.invariants.days import Waiting
from recordings_pipeline.core.invariants.erasures import Erasure, HoldTime
from recordings_pipeline.core.invariants.history import Event, History, event_from
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.hold_book import holds
from recordings_pipeline.storage.ledger_engine import snapshot, storing

_PAGE = 500
_RECORDINGS, _FILES, _EVENTS = tables.recordings.c, tables.files.c, tables.events.c
_OF_RECORDINGS = _EVENTS.action.startswith("recording.")


class HistoryBook:
    """Reads in pages: no transaction stays open that would keep the write-ahead log growing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, day: Day) -> Iterator[History]:
        """Yield the history of each of the day's recordings, ordered by id."""
        last = ""
        while page := self._page(day, last):
            yield from page
            last = page[-1].recording_id

    def waiting(self, day: Day) -> Iterator[Waiting]:
        """Yield how each of the day's recordings stands, as far as its future goes."""
        query = select(
            _RECORDINGS.recording_id,
            _RECORDINGS.outcome,
            _RECORDINGS.reason,
            _RECORDINGS.retry_time,
        ).where(_RECORDINGS.day == day.key)
        with storing(self._engine), self._engine.connect() as db:
            for row in db.execute(query.order_by(_RECORDINGS.recording_id)):
                yield Waiting(day, *row)

    def erased(self) -> dict[str, bool]:
        """Return the recordings that were erased, and whether an event says so."""
        told = (
            select(_EVENTS.event_id)
            .where(
                _EVENTS.object_id == _RECORDINGS.recording_id,
                _EVENTS.action == f"recording.{Outcome.ERASED}",
            )
            .exists()
        )
        query = select(_RECORDINGS.recording_id, told)
        query = query.where(_RECORDINGS.outcome == str(Outcome.ERASED))
        with storing(self._engine), self._engine.connect() as db:
            return {id_: bool(is_told) for id_, is_told in db.execute(query)}

    def paths(self, day: Day) -> list[str]:
        """Return the paths of the day's files, in no order."""
        query = select(_FILES.path).join(
            tables.recordings, _RECORDINGS.recording_id == _FILES.recording_id
        )
        with storing(self._engine), self._engine.connect() as db:
            return list(db.scalars(query.where(_RECORDINGS.day == day.key)))

    def erasures(self) -> list[Erasure]:
        """Return the conversations that somebody began to erase, in that order."""
        query = select(_EVENTS.object_id, _EVENTS.day, _EVENTS.seq)
        query = query.where(_EVENTS.action == "erasure.begun").order_by(_EVENTS.seq)
        with storing(self._engine), self._engine.connect() as db:
            return [Erasure(*row) for row in db.execute(query)]

    def hold_times(self) -> list[HoldTime]:
        """Return what holds covered, and when; those whose events are lost are left out."""
        told = select(_EVENTS.object_id, _EVENTS.action, _EVENTS.seq)
        told = told.where(_EVENTS.action.in_(("hold.added", "hold.released")))
        with snapshot(self._engine) as db:
            seqs = {(name, action): seq for name, action, seq in db.execute(told)}
            rows = db.execute(select(holds).order_by(holds.c.hold_id)).all()
        return [
            HoldTime(
                row.hold_id,
                row.conversation_id,
                row.first_day,
                row.last_day,
                seqs[f"hold/{row.hold_id}", "hold.added"],
                seqs.get((f"hold/{row.hold_id}", "hold.released")),
            )
            for row in rows
            if (f"hold/{row.hold_id}", "hold.added") in seqs
        ]

    def most_changed(self, day: Day) -> int:
        """Return how often the recording of the day changed that did so most often."""
        query = select(func.max(_RECORDINGS.attempt)).where(_RECORDINGS.day == day.key)
        with storing(self._engine), self._engine.connect() as db:
            return db.scalar(query) or 0

    def _page(self, day: Day, after: str) -> list[History]:
        chosen = (
            select(_RECORDINGS.recording_id)
            .where(_RECORDINGS.day == day.key, _RECORDINGS.recording_id > after)
            .order_by(_RECORDINGS.recording_id)
            .limit(_PAGE)
        )
        of_page = _RECORDINGS.recording_id.in_(chosen)
        files = select(_FILES.recording_id, _FILES.size_bytes, _FILES.sha256)
        files = files.where(_FILES.recording_id.in_(chosen))
        told = select(tables.events).where(_EVENTS.object_id.in_(chosen), _OF_RECORDINGS)
        # In one transaction, or an export could change a recording between two questions.
        with snapshot(self._engine) as db:
            rows = db.execute(
                select(tables.recordings).where(of_page).order_by(_RECORDINGS.recording_id)
            ).all()
            kept = _grouped(db.execute(files.order_by(_FILES.file_number)))
            found = db.execute(told.order_by(_EVENTS.object_id, _EVENTS.seq)).mappings()
            events = [event_from(dict(row)) for row in found]
        mine: dict[str, tuple[Event, ...]] = {
            id_: tuple(some) for id_, some in groupby(events, key=lambda event: event.object_id)
        }
        return [
            History(
                recording_id=row.recording_id,
                outcome=row.outcome,
                reason=row.reason,
                attempt=row.attempt,
                file_sizes=tuple(file.size_bytes for file in kept.get(row.recording_id, ())),
                events=mine.get(row.recording_id, ()),
                file_digests=tuple(file.sha256 for file in kept.get(row.recording_id, ())),
            )
            for row in rows
        ]


def _grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.recording_id, []).append(row)
    return found
