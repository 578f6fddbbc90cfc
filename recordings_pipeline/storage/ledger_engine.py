"""How the ledger's database is opened and written: SQLite, durable, one writer at a time."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite import Insert, insert

BUSY_TIMEOUT_MS = 30_000


def open_engine(path: Path) -> Engine:
    """Open the database so that a committed transaction survives a power cut."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:  # noqa: ANN401 (a DBAPI connection)
        # The driver begins no transaction by itself; `writing` does.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


@contextmanager
def writing(engine: Engine) -> Generator[Connection]:
    """Open a transaction that may write, and commit it at the end of the ``with`` block.

    It takes the lock at once: two transactions that begin as readers and then want to write fail
    with "database is locked" immediately, whatever the timeout.
    """
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


def insert_or_ignore(table: Table, values: Mapping[str, Any]) -> Insert:
    """Insert a row unless its key is taken."""
    return insert(table).values(values).on_conflict_do_nothing()


def insert_or_update(
    table: Table,
    values: Mapping[str, Any],
    *,
    key: Sequence[str],
    keep: Sequence[str] = (),
) -> Insert:
    """Insert a row, or update the one with its key, except for the columns to keep."""
    changes = {name: values[name] for name in values if name not in (*key, *keep)}
    return (
        insert(table).values(values).on_conflict_do_update(index_elements=list(key), set_=changes)
    )
