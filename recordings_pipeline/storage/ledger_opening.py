"""Opens a ledger's database: its tables are made or brought up to date, and it is the right one."""

from pathlib import Path

from sqlalchemy import Engine, select

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import (
    insert_or_ignore,
    kind_of,
    open_engine,
    writing,
)
from recordings_pipeline.storage.ledger_mark import require_unmarked, tie
from recordings_pipeline.storage.ledger_steps import upgrade


def opened(path: Path, url: Secret | None) -> Engine:
    """Open a ledger of this version; a new or an older one becomes that.

    Args:
        path: Its file; also where the file of one in a database would be.
        url: Address of the database it is in; None for the file.

    Raises:
        ConfigurationError: It is the ledger of a later version, or of another directory.
        StorageFailed: The disk, or the database server, refuses it.
    """
    if url is None:
        require_unmarked(path.parent)
    engine = open_engine(path, url)
    try:
        # In a transaction that writes: several processes may open a new directory at once.
        with kind_of(engine).opening(path), writing(engine) as db:
            upgrade(db)
            tables.metadata.create_all(db)
            if url is not None:
                tie(db, path.parent)
        bind(engine, "schema_version", tables.SCHEMA_VERSION, "was written by another version")
    except BaseException:
        engine.dispose()
        raise
    return engine


def bind(engine: Engine, name: str, value: str, problem: str) -> None:
    """Remember a fact for good.

    Raises:
        ConfigurationError: The ledger holds another value.
    """
    with writing(engine) as db:
        db.execute(insert_or_ignore(db, tables.facts, {"name": name, "value": value}))
        held = db.scalar(select(tables.facts.c.value).where(tables.facts.c.name == name))
    if held != value:
        raise ConfigurationError(
            "RECORDINGS_DATA", f"{problem} ({name}: {held}): use another directory"
        )
