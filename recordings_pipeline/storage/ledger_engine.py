"""How the ledger's database is opened, read and written: durable, one writer at a time."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Executable, Table
from sqlalchemy.exc import SQLAlchemyError

from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.storage.ledger_kind import Kind
from recordings_pipeline.storage.ledger_postgres import POSTGRES, open_postgres
from recordings_pipeline.storage.ledger_sqlite import DRIVER_ERROR, SQLITE, open_sqlite
from recordings_pipeline.storage.uninterrupted import uninterrupted

_ROWS_AT_ONCE = 1_000
_KINDS = {"sqlite": SQLITE, "postgresql": POSTGRES}


def open_engine(path: Path, url: Secret | None = None) -> Engine:
    """Open a ledger: a file, or the database that an address leads to.

    Raises:
        ConfigurationError: The file lies on a network file system, or the address makes no sense.
    """
    # Events say by it which of them one process told while it had the ledger open.
    options = {"run_id": uuid4().hex}
    return open_sqlite(path, options) if url is None else open_postgres(url, options)


def kind_of(engine: Engine) -> Kind:
    """Return what is special about a ledger's database."""
    return _KINDS[engine.dialect.name]


@contextmanager
def storing(engine: Engine) -> Generator[None]:
    """Turn what the database refuses into one sentence; our own mistakes stay what they are.

    Raises:
        StorageFailed: The message names the ledger and says what helps.
        ConfigurationError: The database does not let us in.
    """
    try:
        yield
    except (SQLAlchemyError, DRIVER_ERROR) as error:
        kind = kind_of(engine)
        failure = kind.failure(engine, error)
        if failure is None:
            raise
        # Drivers of servers tell where they wanted to go, and servers what they were given.
        raise failure from (error if kind.is_local else None)


@contextmanager
def writing(engine: Engine) -> Generator[Connection]:
    """Open a transaction that may write, and commit it at the end of the ``with`` block.

    It has the lock of writers from the beginning: what it has read stays as it is, and events get
    their numbers in the order in which they are committed.
    """
    with uninterrupted(), storing(engine), engine.begin() as connection:
        connection.exec_driver_sql(kind_of(engine).begin_writing)
        yield connection


@contextmanager
def snapshot(engine: Engine) -> Generator[Connection]:
    """Open a transaction that reads; whatever others write, its questions see the same state."""
    with storing(engine), engine.connect() as connection:
        connection.exec_driver_sql(kind_of(engine).begin_snapshot)
        yield connection


def streamed(engine: Engine, query: Executable) -> Generator[Any]:
    """Yield the rows of an answer, a few of which are in memory at once.

    The answer ends with whoever reads it, also when he stops before its end.
    """
    with storing(engine), engine.connect() as connection:
        options = {"yield_per": _ROWS_AT_ONCE}
        with connection.execute(query, execution_options=options) as rows:
            yield from rows


def forget_replaced(engine: Engine) -> None:
    """Let go of what was deleted or replaced, as far as the database can."""
    with storing(engine):
        kind_of(engine).forget_replaced(engine)


def insert_or_ignore(db: Connection, table: Table, values: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 (an INSERT of either dialect)
    """Make a statement that inserts a row unless its key is taken."""
    statement = kind_of(db.engine).insert(table)
    return (statement if values is None else statement.values(values)).on_conflict_do_nothing()


def insert_or_update(
    db: Connection,
    table: Table,
    *rows: Mapping[str, Any],
    key: Sequence[str],
    keep: Sequence[str] = (),
) -> None:
    """Insert rows of the same columns, or update those with their keys but for some columns."""
    if not rows:
        return
    statement = kind_of(db.engine).insert(table)
    changes = {name: statement.excluded[name] for name in rows[0] if name not in (*key, *keep)}
    statement = statement.on_conflict_do_update(index_elements=list(key), set_=changes)
    db.execute(statement, list(rows))
