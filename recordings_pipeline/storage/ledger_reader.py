"""A ledger's events for who only reads: an auditor has a copy, often on media that take no byte.

SQLite keeps an index of its write-ahead log in a file beside the database, which it makes if it is
not there. On read-only media it cannot: then the database is read as one that nobody changes, which
is right as long as all of it is in its own file.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, select

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.event_book import EventBook
from recordings_pipeline.storage.ledger_engine import open_engine, storing
from recordings_pipeline.storage.ledger_mark import require_unmarked
from recordings_pipeline.storage.ledger_sqlite import BUSY_TIMEOUT_MS


@contextmanager
def reading_events(path: Path, url: Secret | None = None) -> Generator[EventBook]:
    """Open a ledger's events for the length of a ``with`` block; the ledger is never written.

    Raises:
        ConfigurationError: The ledger is of another version, or not all of it can be read.
        StorageFailed: It is no ledger, or the disk refuses to read it.
    """
    engine = _engine(path, url)
    try:
        with storing(engine), engine.connect() as db:
            facts = tables.facts.c
            version = db.scalar(select(facts.value).where(facts.name == "schema_version"))
        if version != tables.SCHEMA_VERSION:
            raise ConfigurationError(
                "RECORDINGS_DATA",
                f"holds a ledger of version {version}, and this is {tables.SCHEMA_VERSION}: run "
                "`recordings-pipeline status` first, on a copy if it cannot be written",
            )
        yield EventBook(engine)
    finally:
        engine.dispose()


def _engine(path: Path, url: Secret | None) -> Engine:
    if url is not None:
        return open_engine(path, url)
    require_unmarked(path.parent)
    return create_engine(f"sqlite:///{path}", creator=partial(_connected, path))


def _connected(path: Path) -> sqlite3.Connection:
    try:
        return _opened(path, "mode=ro")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_CANTOPEN:
            raise
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise ConfigurationError(
            "RECORDINGS_DATA",
            f"cannot be written, and {log.name} holds events that are read only where it can: copy "
            f"the directory to another disk, with all files of {path.name}, and verify the copy",
        )
    return _opened(path, "mode=ro&immutable=1")


def _opened(path: Path, how: str) -> sqlite3.Connection:
    """Connect, and read something: only then the files are opened."""
    address = f"file:{quote(str(path.absolute()))}?{how}"
    connection = sqlite3.connect(
        address, uri=True, timeout=BUSY_TIMEOUT_MS / 1_000, isolation_level=None
    )
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
