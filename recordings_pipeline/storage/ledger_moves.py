"""How a recording's outcome changes: with its event, in the transaction of whoever changes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.sql.functions import count

from recordings_pipeline.core.audit.agreement import digest_of_all
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.rows import row_as_text
from recordings_pipeline.core.schemas import RECORDING_INDEX
from recordings_pipeline.core.standings import Listed, ListedConversation, Settlement
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import insert_or_update

# SQLite takes 32,766 values a statement.
_MOST = 500
# How a recording stands for an instant, inside the transaction that first lists it.
_UNLISTED = "unlisted"
# Made once: making a statement takes SQLAlchemy longer than SQLite takes to run it. A group takes
# as many statements as one recording, which is a third of the time.
_ID: BindParameter[str] = bindparam("id_")
_IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
_BEFORE = select(tables.recordings).where(tables.recordings.c.recording_id.in_(_IDS))
_CHANGE = update(tables.recordings).where(tables.recordings.c.recording_id == _ID)
_FILES = select(
    tables.files.c.recording_id, tables.files.c.size_bytes, tables.files.c.sha256
).where(tables.files.c.recording_id.in_(_IDS))
_FORGET_FILES = delete(tables.files).where(tables.files.c.recording_id.in_(_IDS))
_ADD_FILES = insert(tables.files)
_TELL = insert(tables.events)


def list_recordings(
    db: Connection, day: Day, conversations: Iterable[ListedConversation], asked: datetime
) -> None:
    """Keep the rows of the index of some conversations' recordings, and how they stand."""
    found = [(one.conversation_id, each) for one in conversations for each in one.recordings]
    keep = ["outcome", "attempt"]
    for start in range(0, len(found), _MOST):
        some = found[start : start + _MOST]
        rows = [_row(day, conversation_id, listed) for conversation_id, listed in some]
        insert_or_update(db, tables.recordings, *rows, key=["recording_id"], keep=keep)
        settlements = (
            Settlement(one.row["recording_id"], one.verdict, one.retry_time) for _, one in some
        )
        move(db, settlements, asked)


def _row(day: Day, conversation_id: str, listed: Listed) -> dict[str, Any]:
    return {
        "recording_id": listed.row["recording_id"],
        "conversation_id": conversation_id,
        "communication_id": listed.row["communication_id"],
        "day": day.key,
        "start_time": listed.row["conversation_start_time"],
        "row": row_as_text(RECORDING_INDEX, listed.row),
        "outcome": _UNLISTED,
        "attempt": 0,
    }


def replace_files(db: Connection, settlements: Iterable[Settlement]) -> None:
    """Keep the files of some recordings in place of those that were known."""
    files = {one.recording_id: one.files for one in settlements}
    db.execute(_FORGET_FILES, {"ids": list(files)})
    if rows := [dict(file) for some in files.values() for file in some]:
        db.execute(_ADD_FILES, rows)


def move(db: Connection, settlements: Iterable[Settlement], now: datetime) -> None:
    """Change the outcomes of recordings and keep the events, save for those that are no news.

    Files are left as they are. Of two settlements of one recording the later counts.
    """
    wanted = {one.recording_id: one for one in settlements}
    found = db.execute(_BEFORE, {"ids": list(wanted)}).mappings()
    before = {row["recording_id"]: row for row in found}
    changed = [one for id_, one in wanted.items() if _is_news(before[id_], one)]
    if not changed:
        return
    db.execute(_CHANGE, [_change(before[one.recording_id], one) for one in changed])
    files: dict[str, list[Any]] = {one.recording_id: [] for one in changed}
    for file in db.execute(_FILES, {"ids": list(files)}):
        files[file.recording_id].append(file)
    db.execute(
        _TELL,
        [
            _event(before[one.recording_id], one, files[one.recording_id]) | {"event_time": now}
            for one in changed
        ],
    )


def _is_news(before: RowMapping, one: Settlement) -> bool:
    told = one.verdict.outcome, one.verdict.reason, one.retry_time
    return (before["outcome"], before["reason"], before["retry_time"]) != told


def _change(before: RowMapping, one: Settlement) -> dict[str, Any]:
    return {
        "id_": one.recording_id,
        "outcome": str(one.verdict.outcome),
        "reason": one.verdict.reason,
        "retry_time": one.retry_time,
        "attempt": before["attempt"] + 1,
    }


def _event(before: RowMapping, one: Settlement, files: Sequence[Any]) -> dict[str, Any]:
    action = f"recording.{one.verdict.outcome}"
    return _named(one.recording_id, before["attempt"] + 1, action) | {
        "day": before["day"],
        "conversation_id": before["conversation_id"],
        "outcome": str(one.verdict.outcome),
        "reason": one.verdict.reason,
        "size_bytes": sum(file.size_bytes for file in files) if files else None,
        "sha256": digest_of_all([file.sha256 for file in files]),
    }


def record(
    db: Connection, object_id: str, attempt: int, action: str, values: Mapping[str, Any]
) -> None:
    """Keep an event; the attempt makes its id unique, so that no attempt ends twice."""
    db.execute(_TELL, {"reason": "", **_named(object_id, attempt, action), **values})


def record_next(db: Connection, object_id: str, action: str, values: Mapping[str, Any]) -> None:
    """Keep an event of what may happen to its object again, and has no count of its own."""
    columns = tables.events.c
    said = (columns.object_id == object_id) & (columns.action == action)
    before = db.scalar(select(count()).where(said)) or 0
    record(db, object_id, before + 1, action, values)


def _named(object_id: str, attempt: int, action: str) -> dict[str, Any]:
    event_id = f"{object_id}/{attempt}/{action}"
    return {"event_id": event_id, "object_id": object_id, "action": action}
