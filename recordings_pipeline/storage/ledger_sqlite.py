"""The ledger as a file: SQLite, durable, on a disk whose locks can be trusted."""

import fcntl
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from recordings_pipeline.core.errors import ConfigurationError, StorageFailed
from recordings_pipeline.core.file_systems import file_system_of, is_remote
from recordings_pipeline.core.secrets import LEDGER_URL
from recordings_pipeline.storage.durable import CHECK_DISK, FREE_SPACE
from recordings_pipeline.storage.ledger_kind import Kind

# Setting a connection up is not SQLAlchemy's to report.
DRIVER_ERROR = sqlite3.Error
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


def open_sqlite(path: Path, options: dict[str, Any]) -> Engine:
    """Open the database so that a committed transaction survives a power cut.

    Raises:
        ConfigurationError: The directory lies on a network file system.
    """
    _require_local(path.parent)
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


def _require_local(folder: Path) -> None:
    """Refuse a disk whose locks cannot be trusted.

    A system that does not tell its mounts (macOS) is given the benefit of the doubt.
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
            "ledger: use a local disk, and copy what is exported from there, or keep the ledger in "
            f"PostgreSQL ({LEDGER_URL})",
        )


@contextmanager
def _opening(path: Path) -> Generator[None]:
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


def _failure(engine: Engine, error: BaseException) -> StorageFailed | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", 0) & _PRIMARY
    if code not in _OF_THE_DISK:
        return None
    remedy = FREE_SPACE if code in _FULL else CHECK_DISK
    return StorageFailed(Path(engine.url.database or "").name, str(cause), remedy)


def _forget_replaced(engine: Engine) -> None:
    """Overwrite the log as well, unless somebody reads: then whoever ends a transaction later does.

    The pages themselves were overwritten when they changed.
    """
    with engine.connect() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _name(engine: Engine) -> tuple[str, str]:
    return f"SQLite {sqlite3.sqlite_version}, {Path(engine.url.database or '').name}", ""


SQLITE = Kind(
    is_local=True,
    insert=insert,
    # The lock at once: two transactions that begin as readers and then want to write fail with
    # "database is locked" immediately, whatever the timeout.
    begin_writing="BEGIN IMMEDIATE",
    begin_snapshot="BEGIN",
    opening=_opening,
    failure=_failure,
    forget_replaced=_forget_replaced,
    name=_name,
)
