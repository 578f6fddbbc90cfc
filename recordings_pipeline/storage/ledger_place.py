"""Opens the ledger of a data directory, wherever that is."""

from collections.abc import Generator
from contextlib import closing, contextmanager

from recordings_pipeline.core import layout
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger


def has_ledger(home: Home) -> bool:
    """Say whether anything was ever planned or exported into a directory; asks no database."""
    return any(home.path(name).is_file() for name in (layout.LEDGER, layout.LEDGER_MARK))


@contextmanager
def open_ledger(home: Home) -> Generator[Ledger]:
    """Open it for the length of a ``with`` block.

    Raises:
        ConfigurationError: The variable that leads to it is wrong, or belongs to another directory.
        StorageFailed: Its disk, or the database server, refuses it.
    """
    with closing(Ledger(home.path(layout.LEDGER), home.place.ledger_url)) as ledger:
        yield ledger
