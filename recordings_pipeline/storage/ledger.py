"""How every recording stands: state and event in one transaction, the single truth.

SQLite on a local disk. Tables, manifests and the audit log are published from here and can be
built again from it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.model import TranscriptState, Verdict
from recordings_pipeline.core.rows import row_as_text
from recordings_pipeline.core.schemas import RECORDING_INDEX
from recordings_pipeline.core.standings import (
    Listed,
    Standing,
    TranscriptStanding,
    standing_from,
)
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import (
    insert_or_ignore,
    insert_or_update,
    open_engine,
    storing,
    writing,
)

# How a recording stands for an instant, inside the transaction that first lists it.
_UNLISTED = "unlisted"


class Ledger:
    """One data directory's ledger; writes come from one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._engine = open_engine(path)
        # In a transaction that writes: several processes may open a new directory at once.
        with writing(self._engine) as db:
            tables.metadata.create_all(db)
        self.bind("schema_version", tables.SCHEMA_VERSION, "was written by another version")

    def close(self) -> None:
        self._engine.dispose()

    def bind(self, name: str, value: str, problem: str) -> None:
        """Remember a fact for good.

        Raises:
            ConfigurationError: The ledger holds another value.
        """
        with writing(self._engine) as db:
            db.execute(insert_or_ignore(tables.facts, {"name": name, "value": value}))
            held = db.scalar(select(tables.facts.c.value).where(tables.facts.c.name == name))
        if held != value:
            raise ConfigurationError(
                "RECORDINGS_DATA", f"{problem} ({name}: {held}): use another directory"
            )

    def asked_times(self, day: Day) -> dict[str, datetime]:
        """Return when each of the day's conversations was last asked for its recordings."""
        columns = tables.conversations.c
        found = self._all(
            select(columns.conversation_id, columns.asked_time).where(columns.day == day.key)
        )
        return {row["conversation_id"]: row["asked_time"] for row in found}

    def standings(self, day: Day) -> dict[str, Standing]:
        """Return the day's recordings by id, ordered by id."""
        columns = tables.recordings.c
        query = select(tables.recordings).where(columns.day == day.key)
        found = self._all(query.order_by(columns.recording_id))
        return {row["recording_id"]: standing_from(row) for row in found}

    def listed(
        self,
        day: Day,
        conversation_id: str,
        asked: datetime,
        found: Iterable[Listed],
    ) -> None:
        """Keep what the source listed of one conversation: index rows with their verdicts."""
        with writing(self._engine) as db:
            conversation = {
                "conversation_id": conversation_id,
                "day": day.key,
                "asked_time": asked,
            }
            db.execute(
                insert_or_update(tables.conversations, conversation, key=["conversation_id"])
            )
            for listed in found:
                row = listed.row
                values = {
                    "recording_id": row["recording_id"],
                    "conversation_id": conversation_id,
                    "communication_id": row["communication_id"],
                    "day": day.key,
                    "row": row_as_text(RECORDING_INDEX, row),
                    "outcome": _UNLISTED,
                    "attempt": 0,
                }
                db.execute(
                    insert_or_update(
                        tables.recordings, values, key=["recording_id"], keep=["outcome", "attempt"]
                    )
                )
                _move(db, row["recording_id"], listed.verdict, asked, retry_time=listed.retry_time)

    def settle(
        self,
        recording_id: str,
        verdict: Verdict,
        now: datetime,
        *,
        retry_time: datetime | None = None,
        files: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        """Say how a recording stands now; its files are those of this call, or none."""
        with writing(self._engine) as db:
            db.execute(delete(tables.files).where(tables.files.c.recording_id == recording_id))
            for file in files:
                db.execute(insert(tables.files).values(file))
            _move(db, recording_id, verdict, now, retry_time=retry_time)

    def files(self, day: Day) -> dict[str, list[dict[str, Any]]]:
        """Return the day's audio files by recording, in order of their numbers."""
        query = (
            select(tables.files)
            .join(
                tables.recordings,
                tables.recordings.c.recording_id == tables.files.c.recording_id,
            )
            .where(tables.recordings.c.day == day.key)
            .order_by(tables.files.c.recording_id, tables.files.c.file_number)
        )
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self._all(query):
            found.setdefault(row["recording_id"], []).append(dict(row))
        return found

    def transcripts(self, day: Day) -> dict[str, TranscriptStanding]:
        """Return the day's transcripts by communication, ordered by its id."""
        columns = tables.transcripts.c
        query = select(tables.transcripts).where(columns.day == day.key)
        return {
            row["communication_id"]: TranscriptStanding(
                row["communication_id"],
                row["conversation_id"],
                TranscriptState(row["state"]),
                row["asked_time"],
            )
            for row in self._all(query.order_by(columns.communication_id))
        }

    def settle_transcript(self, day: Day, standing: TranscriptStanding) -> None:
        """Say how a transcript stands now; an event is kept when that is news."""
        with writing(self._engine) as db:
            before = db.execute(
                select(tables.transcripts.c.state, tables.transcripts.c.attempt).where(
                    tables.transcripts.c.communication_id == standing.communication_id
                )
            ).first()
            attempt = (before.attempt if before else 0) + 1
            values = {**asdict(standing), "day": day.key, "attempt": attempt}
            db.execute(insert_or_update(tables.transcripts, values, key=["communication_id"]))
            if before is None or before.state != standing.state:
                state, asked = str(standing.state), standing.asked_time
                news = {"event_time": asked, "day": day.key, "outcome": state}
                _record(db, standing.communication_id, attempt, f"transcript.{state}", news)

    def events(self, after: int) -> Iterator[Mapping[str, Any]]:
        """Yield the events with a sequence number above ``after``, in order."""
        query = select(tables.events).where(tables.events.c.seq > after)
        yield from self._all(query.order_by(tables.events.c.seq))

    def _all(self, query: Select[Any]) -> list[Mapping[str, Any]]:
        with storing(self._engine), self._engine.connect() as db:
            return [dict(row) for row in db.execute(query).mappings()]


def _move(
    db: Connection,
    recording_id: str,
    verdict: Verdict,
    now: datetime,
    *,
    retry_time: datetime | None,
) -> None:
    """Change a recording's outcome and keep the event, or do nothing when it is no news."""
    columns = tables.recordings.c
    before = db.execute(select(tables.recordings).where(columns.recording_id == recording_id)).one()
    if (before.outcome, before.reason, before.retry_time) == (
        verdict.outcome,
        verdict.reason,
        retry_time,
    ):
        return
    attempt = before.attempt + 1
    db.execute(
        update(tables.recordings)
        .where(columns.recording_id == recording_id)
        .values(
            outcome=str(verdict.outcome),
            reason=verdict.reason,
            retry_time=retry_time,
            attempt=attempt,
        )
    )
    columns = tables.files.c
    files = db.execute(
        select(columns.size_bytes, columns.sha256).where(columns.recording_id == recording_id)
    ).all()
    _record(
        db,
        recording_id,
        attempt,
        f"recording.{verdict.outcome}",
        {
            "event_time": now,
            "day": before.day,
            "outcome": str(verdict.outcome),
            "reason": verdict.reason,
            "size_bytes": sum(file.size_bytes for file in files) if files else None,
            # Several digests are in the manifest; one of them would pass for the recording's.
            "sha256": files[0].sha256 if len(files) == 1 else None,
        },
    )


def _record(
    db: Connection, object_id: str, attempt: int, action: str, values: Mapping[str, Any]
) -> None:
    """Keep an event; the attempt makes its id unique, so that no attempt ends twice."""
    event_id = f"{object_id}/{attempt}/{action}"
    row = {"event_id": event_id, "object_id": object_id, "action": action, **values}
    db.execute(insert(tables.events).values({"reason": "", **row}))
