"""Which conversations have a tombstone, asked in the transaction of whoever has to know."""

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import Column, Connection, Table, select

from recordings_pipeline.core.standings import ListedConversation
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_types import TEXT, Instant, word

# SQLite takes 32,766 values a statement.
_IDS = 500

erasures = Table(
    "erasures",
    tables.metadata,
    Column("conversation_id", word(36), primary_key=True),
    # Empty where nobody had indexed it.
    Column("day", word(10), nullable=False),
    Column("reason", TEXT, nullable=False),
    Column("erased_by", TEXT, nullable=False),
    Column("erased_time", Instant, nullable=False),
    # When its bytes and rows were gone as well; null while that is to be done.
    Column("done_time", Instant, index=True),
)


def erased_among(db: Connection, ids: Iterable[str]) -> frozenset[str]:
    """Return those of some conversations that were erased."""
    whose, found = erasures.c.conversation_id, set[str]()
    for some in in_pages(ids):
        found.update(db.scalars(select(whose).where(whose.in_(some))))
    return frozenset(found)


def without_erased(
    db: Connection, found: Iterable[ListedConversation]
) -> Iterator[ListedConversation]:
    """Leave out what was erased, in the transaction of whoever keeps what the source listed."""
    listed = list(found)
    erased = erased_among(db, (one.conversation_id for one in listed))
    return (one for one in listed if one.conversation_id not in erased)


def in_pages(ids: Iterable[str]) -> Iterator[list[str]]:
    """Yield some ids at a time, as many as a statement may name."""
    waiting = iter(ids)
    while some := list(islice(waiting, _IDS)):
        yield some
