"""What of each day is due by its own clocks: a bounded question, asked every few minutes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Select, func, select

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.late import AWAITED_DELAY, Due
from recordings_pipeline.core.model import Outcome, TranscriptState
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import storing

_RECORDINGS, _TRANSCRIPTS, _GAPS = tables.recordings.c, tables.transcripts.c, tables.gaps.c
_NOW = timedelta(0)


class ClockBook:
    """Reads the rows of some days only, by the index of days."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def struck(self, first: date, now: datetime) -> Iterator[tuple[Day, Due]]:
        """Yield what is due of recordings and transcripts of the days from first on."""
        later = [str(Outcome.RETRY), str(Outcome.DEFERRED)]
        failed, pending = str(TranscriptState.FAILED), str(TranscriptState.PENDING)
        asked = _TRANSCRIPTS.asked_time
        for time, day, is_it, delay, what in (
            (
                _RECORDINGS.retry_time,
                _RECORDINGS.day,
                _RECORDINGS.outcome.in_(later),
                _NOW,
                "recordings are to be tried again",
            ),
            (
                _TRANSCRIPTS.retry_time,
                _TRANSCRIPTS.day,
                _TRANSCRIPTS.state == failed,
                _NOW,
                "transcripts are to be tried again",
            ),
            (
                asked,
                _TRANSCRIPTS.day,
                _TRANSCRIPTS.state == pending,
                AWAITED_DELAY,
                "transcripts may have come",
            ),
        ):
            query = select(day, func.max(time, type_=time.type), func.count()).group_by(day)
            query = query.where(day >= str(first), is_it, time <= now - delay)
            for key, last, count in self._rows(query):
                yield Day.from_key(key), Due(last + delay, f"{count} {what}")

    def lacking(self, first: date) -> dict[Day, int]:
        """Count the recordings that should be there and may still come, of days from first on."""
        query = select(_GAPS.day, func.count()).group_by(_GAPS.day)
        query = query.where(_GAPS.day >= str(first), ~_GAPS.is_failing)
        return {Day.from_key(day): count for day, count in self._rows(query)}

    def _rows(self, query: Select[Any]) -> list[Any]:
        with storing(self._engine), self._engine.connect() as db:
            return list(db.execute(query).all())
