"""How a ledger of an older version becomes one of today: a step for each version, in order.

All steps are one transaction with the version they reach: one that dies leaves the ledger as it
was. Tables that are new need no step, they are made whenever a ledger is opened. A column or an
index must have a version, and a file of the one before in ``tests/storage/ledgers``. Steps are the
same for SQLite and PostgreSQL, whose first ledgers have version 5.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, select, text, update

from recordings_pipeline.core.rows import row_from_text
from recordings_pipeline.core.schemas import RECORDING_INDEX
from recordings_pipeline.storage import ledger_tables as tables


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a table lacks, with a default for the rows that are there, or none.

    Its type is that of today's table, as the database at hand calls it.
    """

    table: str
    name: str
    default: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """From the version before to this one.

    Attributes:
        then: Called when the columns are there.
    """

    version: str
    columns: tuple[Column, ...]
    then: Callable[[Connection], None] | None = None


def upgrade(db: Connection) -> None:
    """Bring an older ledger up to today's tables; leave a new one, or one of today, as it is.

    The caller's transaction holds all of it.
    """
    found = _version(db)
    versions = [step.version for step in STEPS]
    if found is None or found not in [_FIRST, *versions] or found == tables.SCHEMA_VERSION:
        return
    for step in STEPS[versions.index(found) + 1 if found in versions else 0 :]:
        for column in step.columns:
            _add(db, column)
        if step.then is not None:
            step.then(db)
    for table in tables.metadata.tables.values():
        if inspect(db).has_table(table.name):
            for index in table.indexes:
                index.create(db, checkfirst=True)
    facts = tables.facts.c
    db.execute(
        update(tables.facts)
        .where(facts.name == "schema_version")
        .values(value=tables.SCHEMA_VERSION)
    )


def _version(db: Connection) -> str | None:
    if not inspect(db).has_table(tables.facts.name):
        return None
    facts = tables.facts.c
    version: str | None = db.scalar(select(facts.value).where(facts.name == "schema_version"))
    return version


def _add(db: Connection, column: Column) -> None:
    """Add a column; one that is there already came before its version did."""
    there = {one["name"] for one in inspect(db).get_columns(column.table)}
    if column.name not in there:
        type_ = tables.metadata.tables[column.table].c[column.name].type.compile(db.dialect)
        default = f" NOT NULL DEFAULT {column.default}" if column.default else ""
        db.execute(text(f"ALTER TABLE {column.table} ADD COLUMN {column.name} {type_}{default}"))


def _start_times(db: Connection) -> None:
    """Read when conversations started out of the rows of the index."""
    columns = tables.recordings.c
    for id_, row in db.execute(select(columns.recording_id, columns.row)).all():
        start = row_from_text(RECORDING_INDEX, row)["conversation_start_time"]
        db.execute(
            update(tables.recordings).where(columns.recording_id == id_).values(start_time=start)
        )


def _drop_replaced(db: Connection) -> None:
    """Drop the index of days: the one of days and recordings has come in its place."""
    db.execute(text("DROP INDEX IF EXISTS ix_recordings_day"))


_FIRST = "1"
_EMPTY = "''"
STEPS = (
    Step(
        "2",
        (
            Column("conversations", "batch_id"),
            Column("conversations", "end_time"),
            Column("conversations", "unlisted", _EMPTY),
            Column("recordings", "start_time", _EMPTY),
        ),
        _start_times,
    ),
    Step(
        "3",
        (
            Column("files", "codec"),
            Column("files", "channels"),
            Column("files", "sample_rate_hz"),
            Column("files", "duration_ms"),
            Column("files", "is_silent"),
            Column("files", "is_mislabelled"),
        ),
    ),
    Step("4", (Column("conversations", "stretches", _EMPTY),)),
    Step(
        "5",
        (
            Column("events", "conversation_id"),
            Column("events", "run_id", _EMPTY),
            Column("transcripts", "retry_time"),
            Column("transcripts", "recording_ids", _EMPTY),
            Column("transcripts", "failures", "0"),
        ),
        _drop_replaced,
    ),
    Step("6", (Column("events", "actor"),)),
)
