"""What the ledger knows of transcripts, and of the recordings they belong to."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine, Select, func, select

from recordings_pipeline.core.completeness import AUDIO
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, TranscriptState
from recordings_pipeline.core.pauses import pauses_from_texts
from recordings_pipeline.core.standings import (
    SpokenRecording,
    ToldRecording,
    TranscriptStanding,
)
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import (
    insert_or_update,
    storing,
    streamed,
    writing,
)
from recordings_pipeline.storage.ledger_moves import record
from recordings_pipeline.storage.ledger_types import member, place_in

_RECORDINGS, _TRANSCRIPTS = tables.recordings.c, tables.transcripts.c


class TranscriptBook:
    """One transcript a communication, with a file for each of its recordings."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_day(self, day: Day) -> dict[str, TranscriptStanding]:
        """Return the day's transcripts by communication, ordered by its id."""
        query = select(tables.transcripts).where(_TRANSCRIPTS.day == day.key)
        rows = self._rows(query.order_by(_TRANSCRIPTS.communication_id))
        return {
            row.communication_id: TranscriptStanding(
                row.communication_id,
                row.conversation_id,
                TranscriptState(row.state),
                row.asked_time,
                row.retry_time,
                tuple(filter(None, row.recording_ids.split(","))),
                row.failures,
            )
            for row in rows
        }

    def states(self, day: Day) -> list[TranscriptState]:
        """Return how the day's transcripts stand, in no order."""
        query = select(_TRANSCRIPTS.state).where(_TRANSCRIPTS.day == day.key)
        return [TranscriptState(row.state) for row in self._rows(query)]

    def settle(self, day: Day, standing: TranscriptStanding) -> None:
        """Say how a transcript stands now; an event is kept when that is news."""
        with writing(self._engine) as db:
            before = db.execute(
                select(_TRANSCRIPTS.state, _TRANSCRIPTS.attempt).where(
                    _TRANSCRIPTS.communication_id == standing.communication_id
                )
            ).first()
            attempt = (before.attempt if before else 0) + 1
            values = {**asdict(standing), "day": day.key, "attempt": attempt}
            values["recording_ids"] = ",".join(standing.recording_ids)
            insert_or_update(db, tables.transcripts, values, key=["communication_id"])
            if before is None or before.state != standing.state:
                state, asked = str(standing.state), standing.asked_time
                news = {"event_time": asked, "day": day.key, "outcome": state}
                news["conversation_id"] = standing.conversation_id
                record(db, standing.communication_id, attempt, f"transcript.{state}", news)

    def told(self, day: Day) -> Iterator[ToldRecording]:
        """Yield the recordings with a transcript file or a pause, by conversation and recording.

        The database sorts them, on disk if need be; a reader's transaction is open meanwhile.
        """
        query = _told(day).order_by(_RECORDINGS.conversation_id, _RECORDINGS.recording_id)
        for call, recording, leg, is_kept, pauses in streamed(self._engine, query):
            found = tuple(pauses_from_texts(json.loads(pauses))) if pauses else ()
            yield ToldRecording(call, recording, leg, bool(is_kept), found)

    def told_count(self, day: Day) -> int:
        """Count what `told` yields."""
        with storing(self._engine), self._engine.connect() as db:
            return db.scalar(select(func.count()).select_from(_told(day).subquery())) or 0

    def spoken(self, day: Day) -> Iterator[SpokenRecording]:
        """Yield the day's recordings of voice on a known communication, ordered by that."""
        came = (
            select(func.max(tables.files.c.exported_time))
            .where(tables.files.c.recording_id == _RECORDINGS.recording_id)
            .scalar_subquery()
        )
        query = (
            select(
                _RECORDINGS.communication_id,
                _RECORDINGS.conversation_id,
                _RECORDINGS.recording_id,
                _RECORDINGS.outcome,
                tables.conversations.c.end_time,
                came.label("came"),
            )
            .outerjoin(
                tables.conversations,
                tables.conversations.c.conversation_id == _RECORDINGS.conversation_id,
            )
            .where(
                _RECORDINGS.day == day.key,
                _RECORDINGS.outcome != str(Outcome.ERASED),
                _RECORDINGS.communication_id.is_not(None),
                member(_RECORDINGS.row, "media") == AUDIO,
            )
            .order_by(_RECORDINGS.communication_id, _RECORDINGS.recording_id)
        )
        for row in self._rows(query):
            is_deferred = row.outcome == str(Outcome.DEFERRED)
            names = row.communication_id, row.conversation_id, row.recording_id
            yield SpokenRecording(*names, is_deferred, row.end_time, row.came)

    def _rows(self, query: Select[Any]) -> list[Any]:
        with storing(self._engine), self._engine.connect() as db:
            return list(db.execute(query))


def _told(day: Day) -> Select[Any]:
    held = func.coalesce(_TRANSCRIPTS.recording_ids, "")
    is_kept = place_in(held, _RECORDINGS.recording_id) > 0
    pauses = member(_RECORDINGS.row, "pauses")
    leg = _RECORDINGS.communication_id
    return (
        select(_RECORDINGS.conversation_id, _RECORDINGS.recording_id, leg, is_kept, pauses)
        .outerjoin(tables.transcripts, _TRANSCRIPTS.communication_id == leg)
        .where(_RECORDINGS.day == day.key, leg.is_not(None), is_kept | pauses.is_not(None))
    )
