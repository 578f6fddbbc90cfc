"""How the ledger's database is opened and written: SQLite, durable, one writer at a time."""

import fcntl
import os
import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import DBAPIError

from recordings_pipeline.core.errors import ConfigurationError, StorageFailed
from recordings_pipeline.core.file_systems import file_system_of, is_remote
from recordings_pipeline.storage.durable import CHECK_DISK, FREE_SPACE
from recordings_pipeline.storage.uninterrupted import uninterrupted

BUSY_TIMEOUT_MS = 30_000
_MOUNTS = Path("/proc/self/mountinfo")
# SQLite's codes carry details in the bits above these (https://sqlite.org/rescode.html).
_PRIMARY = 0xFF
# A limit on the size of a file, or a quota, comes as an I/O error.
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_OF_THE_DISK = _FULL | {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


def open_engine(path: Path) -> Engine:
    """Open the database so that a committed transaction survives a power cut."""
    # Events say by it which of them one process told while it had the ledger open.
    options = {"run_id": uuid4().hex}
    engine = create_engine(f"sqlite:///{path}", execution_options=options)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:  # noqa: ANN401 (a DBAPI connection)
        # The driver begins no transaction by itself; `writing` does.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            # What is deleted or replaced is overwritten: an erasure reaches free pages as well.
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def require_local(folder: Path) -> None:
    """Refuse a disk whose locks cannot be trusted.

    A system that does not tell its mounts (macOS) is given the benefit of the doubt.

    Raises:
        ConfigurationError: The directory lies on a network file system.
    """
    try:
        mounts = _MOUNTS.read_text()
    except OSError:
        return
    name = file_system_of(PurePosixPath(folder.resolve()), mounts)
    if is_remote(name):
        raise ConfigurationError(
            "RECORDINGS_DATA",
            f"lies on a network file system ({name}), on which two processes could damage the "
            "ledger: use a local disk, and copy what is exported from there",
        )


@contextmanager
def opening(path: Path) -> Generator[None]:
    """Keep other processes from opening the database for the first time at the same moment.

    Two that change its journal mode at once fail with "database is locked" immediately, whatever
    the timeout. The lock is on the directory: a second descriptor of the database would drop the
    locks of SQLite when it is closed.
    """
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


@contextmanager
def storing(engine: Engine) -> Generator[None]:
    """Turn what the disk refuses into one sentence; our own mistakes stay what they are.

    Raises:
        StorageFailed: The message names the ledger and says what helps.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlite_errorcode", 0) & _PRIMARY
        if code not in _OF_THE_DISK:
            raise
        remedy = FREE_SPACE if code in _FULL else CHECK_DISK
        raise StorageFailed(Path(engine.url.database or "").name, str(cause), remedy) from error


@contextmanager
def writing(engine: Engine) -> Generator[Connection]:
    """Open a transaction that may write, and commit it at the end of the ``with`` block.

    It takes the lock at once: two transactions that begin as readers and then want to write fail
    with "database is locked" immediately, whatever the timeout.
    """
    with uninterrupted(), storing(engine), engine.begin() as connection:
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
