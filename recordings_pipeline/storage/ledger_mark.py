"""A data directory and a ledger in a database belong together: a file there, a fact here.

Without it, whoever forgets the variable would begin a second ledger in the directory, and whoever
mistypes it would export everything once more.
"""

from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from recordings_pipeline.core import layout
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.secrets import LEDGER_URL
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.durable import publish_bytes

_FACT = "data_directory"


def require_unmarked(folder: Path) -> None:
    """Refuse a directory whose ledger is in a database.

    Raises:
        ConfigurationError: The variable is not set, and has to be.
    """
    if (folder / layout.LEDGER_MARK).exists():
        problem = (
            f"is not set, and the ledger of this directory is in PostgreSQL ({layout.LEDGER_MARK}):"
            " set it as it was"
        )
        raise ConfigurationError(LEDGER_URL, problem)


def tie(db: Connection, folder: Path) -> None:
    """Tie a directory and a database, or make sure that they are tied to each other.

    Raises:
        ConfigurationError: One of them belongs to another one.
    """
    facts = tables.facts.c
    known = db.scalar(select(facts.value).where(facts.name == _FACT))
    path = folder / layout.LEDGER_MARK
    marked = path.read_text("utf-8", "replace").strip() if path.exists() else None
    if known is None and marked is None:
        _tie(db, folder)
    elif known is None:
        _refuse(f"leads to an empty database: name the one of this directory ({path.name})")
    elif known != marked:
        _refuse(
            f"leads to the ledger of another directory: use that one; if this is it, restored "
            f"without {path.name}, write {known} into that file"
        )


def _tie(db: Connection, folder: Path) -> None:
    if (folder / layout.LEDGER).exists():
        _refuse(
            f"is set, and the directory has a ledger already ({layout.LEDGER}): unset it, or use "
            "another directory"
        )
    name = uuid4().hex
    db.execute(insert(tables.facts).values(name=_FACT, value=name))
    publish_bytes(folder / layout.LEDGER_MARK, f"{name}\n".encode())


def _refuse(problem: str) -> None:
    raise ConfigurationError(LEDGER_URL, problem)
