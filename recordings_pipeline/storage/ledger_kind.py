"""What SQLite and PostgreSQL do differently for the ledger."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table

from recordings_pipeline.core.errors import RecordingsError


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two.

    Attributes:
        is_local: Whether it is a file of ours, and what its driver says tells of nothing else.
        insert: Makes an INSERT that may have an ON CONFLICT.
        begin_writing: Makes a transaction that of the only writer.
        begin_snapshot: Makes a transaction one whose questions all see the same state.
        opening: Held while tables are made, or brought up to date.
        failure: Says what the database refused; None for our own mistakes.
        forget_replaced: Lets go of what was deleted or replaced, as far as the database can.
        name: Tells people what the ledger is, and what endangers it, if anything does.
    """

    is_local: bool
    insert: Callable[[Table], Any]
    begin_writing: str
    begin_snapshot: str
    opening: Callable[[Path], AbstractContextManager[None]]
    failure: Callable[[Engine, BaseException], RecordingsError | None]
    forget_replaced: Callable[[Engine], None]
    name: Callable[[Engine], tuple[str, str]]
