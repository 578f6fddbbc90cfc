"""The ledger's tables: how every recording stands, and the events that put it there."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

# Another column is another version, with a step in `ledger_steps`.
SCHEMA_VERSION = "5"
metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, kept as sortable ISO 8601 text: SQLite has no type for it."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else datetime.fromisoformat(value)


facts = Table(
    "facts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("conversation_id", String(36), primary_key=True),
    Column("day", String(10), nullable=False, index=True),
    Column("asked_time", Instant, nullable=False),
    # The batch request that named its recordings; only our OAuth client can read it, for a while.
    Column("batch_id", String(36)),
    Column("end_time", Instant),
    # Legs that say they were recorded, without a recording; ids with commas between.
    Column("unlisted", Text, nullable=False, default=""),
    # What everybody did on its voice legs, as `core.stretches` writes it; empty for none.
    Column("stretches", Text, nullable=False, default=""),
)

days = Table(
    "days",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("indexed_time", Instant, nullable=False),
    Column("is_settled", Boolean, nullable=False),
    # Why it is not settled, one sentence a line.
    Column("reasons", Text, nullable=False, default=""),
    Column("conversation_count", Integer, nullable=False),
    Column("open_count", Integer, nullable=False),
    # What the planner said before the day was first exported; null when nobody asked it.
    Column("planned_recordings", Integer),
    Column("planned_calls", Integer),
    Column("planned_bytes", Integer),
    # What it took so far, over all runs.
    Column("spent_calls", Integer, nullable=False, default=0),
)

# Communications that were recorded and have no recording; decided whenever the day is indexed.
gaps = Table(
    "gaps",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", String(36), nullable=False),
    Column("day", String(10), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("next_step", Text, nullable=False),
    Column("is_failing", Boolean, nullable=False),
)

# Recordings that the source keeps without a conversation, of all days, as last listed.
orphans = Table(
    "orphans",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation_id", String(36)),
    Column("communication_id", String(36)),
    Column("recording_id", String(36)),
    Column("media", String(20), nullable=False),
    Column("created", Instant),
    Column("file_state", String(20), nullable=False),
)

# What the source said of itself, and when: worth asking again after a while.
notes = Table(
    "notes",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    Column("noted_time", Instant, nullable=False),
)

names = Table(
    "names",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("asked_time", Instant, nullable=False),
)

recordings = Table(
    "recordings",
    metadata,
    Column("recording_id", String(36), primary_key=True),
    Column("conversation_id", String(36), nullable=False, index=True),
    Column("communication_id", String(36)),
    Column("day", String(10), nullable=False),
    Column("start_time", Instant, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("retry_time", Instant),
    Column("attempt", Integer, nullable=False, default=0),
    Column("row", Text, nullable=False),
)
# A day is read in pages, by id.
Index("recordings_by_day", recordings.c.day, recordings.c.recording_id)

files = Table(
    "files",
    metadata,
    Column("recording_id", String(36), primary_key=True),
    Column("file_number", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("container", String(10), nullable=False),
    Column("content_type", Text, nullable=False),
    # What the file says of itself; null where it does not.
    Column("codec", String(20)),
    Column("channels", Integer),
    Column("sample_rate_hz", Integer),
    Column("duration_ms", Integer),
    Column("is_silent", Boolean),
    Column("is_mislabelled", Boolean),
    Column("is_resumed", Boolean, nullable=False),
    Column("download_ms", Integer, nullable=False),
    Column("exported_time", Instant, nullable=False),
)

transcripts = Table(
    "transcripts",
    metadata,
    Column("communication_id", String(36), primary_key=True),
    Column("conversation_id", String(36), nullable=False),
    Column("day", String(10), nullable=False, index=True),
    Column("state", String(20), nullable=False),
    Column("asked_time", Instant, nullable=False),
    Column("retry_time", Instant),
    # The recordings whose file was fetched; ids with commas between.
    Column("recording_ids", Text, nullable=False, default=""),
    # In a row.
    Column("failures", Integer, nullable=False, default=0),
    Column("attempt", Integer, nullable=False, default=0),
)


def _run_id(context: Any) -> str:  # noqa: ANN401 (of SQLAlchemy's dialect)
    """Say which opening of the ledger an event comes from, whoever keeps it."""
    return str(context.execution_options["run_id"])


# What is in an event is in the audit log for good: nothing personal, see `core.audit.lines`.
events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("event_time", Instant, nullable=False),
    Column("action", String(40), nullable=False),
    Column("object_id", String(36), nullable=False),
    Column("conversation_id", String(36)),
    Column("day", String(10), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("size_bytes", Integer),
    Column("sha256", String(64)),
    Column("run_id", String(32), nullable=False, default=_run_id),
    sqlite_autoincrement=True,
)
Index("events_by_object", events.c.object_id)
