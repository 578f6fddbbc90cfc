"""The ledger's tables: how every recording stands, and the events that put it there."""

from typing import Any

from sqlalchemy import Boolean, Column, Index, MetaData, Table

from recordings_pipeline.storage.ledger_types import TEXT, WHOLE, Instant, word

# Another column is another version, with a step in `ledger_steps`.
SCHEMA_VERSION = "6"
metadata = MetaData()


facts = Table(
    "facts",
    metadata,
    Column("name", word(40), primary_key=True),
    Column("value", TEXT, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("conversation_id", word(36), primary_key=True),
    Column("day", word(10), nullable=False, index=True),
    Column("asked_time", Instant, nullable=False),
    # The batch request that named its recordings; only our OAuth client can read it, for a while.
    Column("batch_id", word(36)),
    Column("end_time", Instant),
    # Legs that say they were recorded, without a recording; ids with commas between.
    Column("unlisted", TEXT, nullable=False, default=""),
    # What everybody did on its voice legs, as `core.stretches` writes it; empty for none.
    Column("stretches", TEXT, nullable=False, default=""),
)

days = Table(
    "days",
    metadata,
    Column("day", word(10), primary_key=True),
    Column("indexed_time", Instant, nullable=False),
    Column("is_settled", Boolean, nullable=False),
    # Why it is not settled, one sentence a line.
    Column("reasons", TEXT, nullable=False, default=""),
    Column("conversation_count", WHOLE, nullable=False),
    Column("open_count", WHOLE, nullable=False),
    # What the planner said before the day was first exported; null when nobody asked it.
    Column("planned_recordings", WHOLE),
    Column("planned_calls", WHOLE),
    Column("planned_bytes", WHOLE),
    # What it took so far, over all runs.
    Column("spent_calls", WHOLE, nullable=False, default=0),
)

# Communications that were recorded and have no recording; decided whenever the day is indexed.
gaps = Table(
    "gaps",
    metadata,
    Column("id", word(36), primary_key=True),
    Column("conversation_id", word(36), nullable=False),
    Column("day", word(10), nullable=False, index=True),
    Column("kind", word(20), nullable=False),
    Column("reason", TEXT, nullable=False),
    Column("next_step", TEXT, nullable=False),
    Column("is_failing", Boolean, nullable=False),
)

# Recordings that the source keeps without a conversation, of all days, as last listed.
orphans = Table(
    "orphans",
    metadata,
    Column("id", TEXT, primary_key=True),
    Column("conversation_id", word(36)),
    Column("communication_id", word(36)),
    Column("recording_id", word(36)),
    Column("media", word(20), nullable=False),
    Column("created", Instant),
    Column("file_state", word(20), nullable=False),
)

# What the source said of itself, and when: worth asking again after a while.
notes = Table(
    "notes",
    metadata,
    Column("name", word(40), primary_key=True),
    Column("value", TEXT, nullable=False),
    Column("noted_time", Instant, nullable=False),
)

names = Table(
    "names",
    metadata,
    Column("id", word(36), primary_key=True),
    Column("name", TEXT, nullable=False),
    Column("asked_time", Instant, nullable=False),
)

recordings = Table(
    "recordings",
    metadata,
    Column("recording_id", word(36), primary_key=True),
    Column("conversation_id", word(36), nullable=False, index=True),
    Column("communication_id", word(36)),
    Column("day", word(10), nullable=False),
    Column("start_time", Instant, nullable=False),
    Column("outcome", word(20), nullable=False),
    Column("reason", TEXT, nullable=False, default=""),
    Column("retry_time", Instant),
    Column("attempt", WHOLE, nullable=False, default=0),
    Column("row", TEXT, nullable=False),
)
# A day is read in pages, by id.
Index("recordings_by_day", recordings.c.day, recordings.c.recording_id)

files = Table(
    "files",
    metadata,
    Column("recording_id", word(36), primary_key=True),
    Column("file_number", WHOLE, primary_key=True),
    Column("path", TEXT, nullable=False, unique=True),
    Column("size_bytes", WHOLE, nullable=False),
    Column("sha256", word(64), nullable=False),
    Column("container", word(10), nullable=False),
    Column("content_type", TEXT, nullable=False),
    # What the file says of itself; null where it does not.
    Column("codec", word(20)),
    Column("channels", WHOLE),
    Column("sample_rate_hz", WHOLE),
    Column("duration_ms", WHOLE),
    Column("is_silent", Boolean),
    Column("is_mislabelled", Boolean),
    Column("is_resumed", Boolean, nullable=False),
    Column("download_ms", WHOLE, nullable=False),
    Column("exported_time", Instant, nullable=False),
)

transcripts = Table(
    "transcripts",
    metadata,
    Column("communication_id", word(36), primary_key=True),
    Column("conversation_id", word(36), nullable=False),
    Column("day", word(10), nullable=False, index=True),
    Column("state", word(20), nullable=False),
    Column("asked_time", Instant, nullable=False),
    Column("retry_time", Instant),
    # The recordings whose file was fetched; ids with commas between.
    Column("recording_ids", TEXT, nullable=False, default=""),
    # In a row.
    Column("failures", WHOLE, nullable=False, default=0),
    Column("attempt", WHOLE, nullable=False, default=0),
)


def _run_id(context: Any) -> str:  # noqa: ANN401 (of SQLAlchemy's dialect)
    """Say which opening of the ledger an event comes from, whoever keeps it."""
    return str(context.execution_options["run_id"])


# What is in an event is in the audit log for good: nothing personal, see `core.audit.lines`.
events = Table(
    "events",
    metadata,
    Column("seq", WHOLE, primary_key=True, autoincrement=True),
    Column("event_id", TEXT, nullable=False, unique=True),
    Column("event_time", Instant, nullable=False),
    Column("action", word(40), nullable=False),
    Column("object_id", word(36), nullable=False),
    Column("conversation_id", word(36)),
    Column("day", word(10), nullable=False),
    Column("outcome", word(20), nullable=False),
    Column("reason", TEXT, nullable=False, default=""),
    Column("size_bytes", WHOLE),
    Column("sha256", word(64)),
    Column("run_id", word(32), nullable=False, default=_run_id),
    # Who did it, as `Person.actor` writes it; null for the pipeline itself.
    Column("actor", TEXT),
    sqlite_autoincrement=True,
)
Index("events_by_object", events.c.object_id)
