"""The archive for people without credentials: directory and ledger, and nobody is asked."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from recordings_pipeline.core.audit.errors import AuditBroken
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.core.audit.manifest import Head
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.place import Where
from recordings_pipeline.core.sealing import Keys
from recordings_pipeline.stages.export import Clock, Export, real_time
from recordings_pipeline.storage.audit.sealing import seal
from recordings_pipeline.storage.home import Home, private
from recordings_pipeline.storage.ledger import Ledger
from recordings_pipeline.storage.ledger_place import has_ledger, open_ledger


@dataclass(frozen=True, slots=True)
class Archive:
    """What was exported, and what the ledger says of it.

    Attributes:
        stop: Set to end what reads it.
        clock: Says what time it is.
        keeping: How the audit log is kept.
        keys: For whom files are encrypted, and who opens them.
    """

    home: Home
    ledger: Ledger
    stop: threading.Event
    clock: Clock = real_time
    keeping: Keeping = field(default_factory=Keeping)
    keys: Keys = Keys()  # noqa: RUF009 (frozen)

    def seal(self) -> Head | None:
        """Seal what was told since the last time; return the audit log's head."""
        return seal(self.home, self.ledger.events, self.keeping, self.clock())

    def require_sealable(self) -> None:
        """Seal what is open, before anything is changed: what cannot be told later is not done.

        Raises:
            AuditBroken: What was sealed before is not what it was.
            ConfigurationError: The key or the second directory cannot be used.
        """
        try:
            self.seal()
        except AuditBroken as error:
            raise replace(error, is_untouched=True) from None
        except ConfigurationError as error:
            raise replace(error, problem=f"{error.problem}; nothing was done") from None


def archive_of(export: Export) -> Archive:
    """Return the archive of an export at work."""
    home, ledger, stop = export.home, export.ledger, export.stop
    return Archive(home, ledger, stop, export.clock, export.keeping, export.keys)


@contextmanager
def open_archive(
    data: Where,
    keeping: Keeping | None = None,
    *,
    clock: Clock = real_time,
    keys: Keys = Keys(),  # noqa: B008 (frozen)
    may_begin: bool = False,
) -> Generator[Archive]:
    """Open directory and ledger for the length of a ``with`` block.

    Args:
        data: The directory, or where that and its ledger are.
        keeping: How the audit log is kept, for who changes something.
        clock: Says what time it is.
        keys: For whom files are encrypted, and who opens them.
        may_begin: Whether a directory without a ledger is given one.

    Raises:
        ConfigurationError: Nothing was ever planned or exported into the directory.
    """
    home = Home(data)
    if not may_begin and not has_ledger(home):
        raise ConfigurationError(
            "RECORDINGS_DATA", f"holds no ledger: {home.root}: plan or export something first"
        )
    stop = threading.Event()
    with private():
        home.prepare()
        with open_ledger(home) as ledger:
            try:
                yield Archive(home, ledger, stop, clock, keeping or Keeping(), keys)
            finally:
                stop.set()
