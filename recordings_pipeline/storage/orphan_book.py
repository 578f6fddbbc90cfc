"""What the ledger remembers of the source's orphan recordings, and of what else was noted."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select

from recordings_pipeline.core.orphans import Orphan
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import insert_or_update, storing, writing


class OrphanBook:
    """The orphans of the organization as they were when last listed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> tuple[Orphan, ...]:
        """Return them in order of creation."""
        columns = tables.orphans.c
        query = select(tables.orphans).order_by(columns.created.nulls_first(), columns.id)
        with storing(self._engine), self._engine.connect() as db:
            return tuple(Orphan(**row) for row in db.execute(query).mappings())

    def keep(self, found: Iterable[Orphan]) -> None:
        """Keep what was listed, in place of what was before."""
        with writing(self._engine) as db:
            db.execute(delete(tables.orphans))
            for orphan in found:
                db.execute(insert(tables.orphans).values(asdict(orphan)))


class NoteBook:
    """What the source said of itself, good for a while."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def value(self, name: str, since: datetime | None = None) -> str | None:
        """Return what was noted; None for nothing, or nothing since then."""
        columns = tables.notes.c
        query = select(columns.value).where(columns.name == name)
        if since is not None:
            query = query.where(columns.noted_time > since)
        with storing(self._engine), self._engine.connect() as db:
            return db.scalar(query)

    def keep(self, name: str, value: str, now: datetime) -> None:
        """Note something, in place of what was noted before."""
        values = {"name": name, "value": value, "noted_time": now}
        with writing(self._engine) as db:
            insert_or_update(db, tables.notes, values, key=["name"])

    def forget(self, name: str) -> None:
        """Take a note back."""
        with writing(self._engine) as db:
            db.execute(delete(tables.notes).where(tables.notes.c.name == name))
