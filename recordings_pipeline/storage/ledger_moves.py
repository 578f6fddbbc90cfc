"""How a recording's outcome changes: with its event, in the transaction of whoever changes it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Verdict
from recordings_pipeline.core.rows import row_as_text
from recordings_pipeline.core.schemas import RECORDING_INDEX
from recordings_pipeline.core.standings import Listed
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import insert_or_update

# How a recording stands for an instant, inside the transaction that first lists it.
_UNLISTED = "unlisted"
# Made once: making a statement takes SQLAlchemy longer than SQLite takes to run it.
_ID: BindParameter[str] = bindparam("id_")
_BEFORE = select(tables.recordings).where(tables.recordings.c.recording_id == _ID)
_CHANGE = update(tables.recordings).where(tables.recordings.c.recording_id == _ID)
_FILES = select(tables.files.c.size_bytes, tables.files.c.sha256).where(
    tables.files.c.recording_id == _ID
)
_TELL = insert(tables.events)


def list_recording(
    db: Connection, day: Day, conversation_id: str, listed: Listed, asked: datetime
) -> None:
    """Keep a recording's row of the index, and how it stands."""
    row = listed.row
    values = {
        "recording_id": row["recording_id"],
        "conversation_id": conversation_id,
        "communication_id": row["communication_id"],
        "day": day.key,
        "start_time": row["conversation_start_time"],
        "row": row_as_text(RECORDING_INDEX, row),
        "outcome": _UNLISTED,
        "attempt": 0,
    }
    keep = ["outcome", "attempt"]
    db.execute(insert_or_update(tables.recordings, values, key=["recording_id"], keep=keep))
    move(db, row["recording_id"], listed.verdict, asked, retry_time=listed.retry_time)


def move(
    db: Connection,
    recording_id: str,
    verdict: Verdict,
    now: datetime,
    *,
    retry_time: datetime | None,
) -> None:
    """Change a recording's outcome and keep the event, or do nothing when it is no news."""
    before = db.execute(_BEFORE, {"id_": recording_id}).one()
    if (before.outcome, before.reason, before.retry_time) == (
        verdict.outcome,
        verdict.reason,
        retry_time,
    ):
        return
    attempt = before.attempt + 1
    db.execute(
        _CHANGE,
        {
            "id_": recording_id,
            "outcome": str(verdict.outcome),
            "reason": verdict.reason,
            "retry_time": retry_time,
            "attempt": attempt,
        },
    )
    files = db.execute(_FILES, {"id_": recording_id}).all()
    record(
        db,
        recording_id,
        attempt,
        f"recording.{verdict.outcome}",
        {
            "event_time": now,
            "day": before.day,
            "conversation_id": before.conversation_id,
            "outcome": str(verdict.outcome),
            "reason": verdict.reason,
            "size_bytes": sum(file.size_bytes for file in files) if files else None,
            # Several digests are in the manifest; one of them would pass for the recording's.
            "sha256": files[0].sha256 if len(files) == 1 else None,
        },
    )


def record(
    db: Connection, object_id: str, attempt: int, action: str, values: Mapping[str, Any]
) -> None:
    """Keep an event; the attempt makes its id unique, so that no attempt ends twice."""
    event_id = f"{object_id}/{attempt}/{action}"
    row = {"event_id": event_id, "object_id": object_id, "action": action, **values}
    db.execute(_TELL, {"reason": "", **row})
