"""The data directory: private to its owner, on a disk of its own measure."""

import fcntl
import os
import shutil
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import Busy, ConfigurationError
from recordings_pipeline.core.place import Place, Where
from recordings_pipeline.storage.durable import storage_failure
from recordings_pipeline.storage.staging import sweep

_PRIVATE = 0o077
_FOLDERS = (layout.PARTS, layout.TABLES, layout.QUARANTINE, layout.LOCKS, layout.STAGING)


def make_private() -> None:
    """Keep everything this process writes from other users of the machine, for good.

    For programs of ours; whoever uses us as a library wants `private`.
    """
    os.umask(_PRIVATE)


@contextmanager
def private() -> Generator[None]:
    """Keep what is written in a ``with`` block from other users of the machine.

    The mask belongs to the process: what its other threads make meanwhile is private as well.
    """
    before = os.umask(_PRIVATE)
    try:
        yield
    finally:
        os.umask(before)


def require_closed(folder: Path, variable: str) -> None:
    """Refuse a directory, made by whoever, in which everybody may write; one not there is fine.

    What lies in it could be exchanged by any user of the machine, whatever its own mode.

    Raises:
        ConfigurationError: It is such a directory.
    """
    try:
        mode = folder.stat().st_mode
    except OSError:
        return
    if mode & stat.S_IWOTH:
        step = f"chmod o-w {folder}, or name a directory in it"
        raise ConfigurationError(variable, f"can be written by everybody: {step}")


class Home:
    """The directory everything is written under; paths handed in are relative to it."""

    def __init__(self, where: Where) -> None:
        place = where if isinstance(where, Place) else Place(where)
        self.root = place.root.absolute()
        self.place = Place(self.root, place.ledger_url)

    def path(self, relative: PurePosixPath) -> Path:
        return self.root / relative

    def prepare(self) -> None:
        """Create what is missing, and remove what a crash has left of tables.

        Raises:
            ConfigurationError: The directory cannot be created or written, or everybody may write
                what is in it.
        """
        for path in (self.root, *map(self.path, (*_FOLDERS, layout.AUDIO, layout.AUDIT))):
            require_closed(path, "RECORDINGS_DATA")
        try:
            for folder in _FOLDERS:
                self.path(folder).mkdir(parents=True, exist_ok=True)
            sweep(self.path(layout.STAGING))
        except OSError as error:
            raise ConfigurationError(
                "RECORDINGS_DATA", f"is not writable: {self.root}: {error.strerror}"
            ) from None
        if not os.access(self.root, os.W_OK):
            raise ConfigurationError("RECORDINGS_DATA", f"is not writable: {self.root}")

    def free_bytes(self) -> int:
        """Return the free space of the disk the directory lies on, or would lie on."""
        return shutil.disk_usage(self._nearest()).free

    def used_bytes(self) -> int:
        """Return what the audio takes; everything else is small beside it.

        Files come and go meanwhile when another day is exported: one that is gone counts nothing.
        """
        used = 0
        for folder, _, names in os.walk(self.path(layout.AUDIO)):
            for name in names:
                with suppress(FileNotFoundError):
                    used += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118 (speed)
        return used

    def _nearest(self) -> Path:
        return next(folder for folder in (self.root, *self.root.parents) if folder.exists())

    @contextmanager
    def storing(self) -> Generator[None]:
        """Turn what the disk refuses below this directory into one sentence.

        Raises:
            StorageFailed: The message names the file and says what helps.
        """
        try:
            yield
        except OSError as error:
            failure = storage_failure(error, self.root)
            if failure is None:
                raise
            raise failure from error

    @contextmanager
    def day_lock(self, day: Day) -> Generator[None]:
        """Keep other processes from working on the same day; the lock dies with the process.

        Raises:
            Busy: Another process holds it.
        """
        with self.path(layout.lock_path(str(day))).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(str(day)) from None
            yield

    def is_locked(self, name: str) -> bool:
        """Say whether somebody works on a day, or has a turn, without getting in his way.

        To try the lock would make an export fail that begins in the same instant. So the system is
        asked who has which lock; one that does not tell (macOS) leaves us with "nobody".
        """
        try:
            status = self.path(layout.lock_path(name)).stat()
            text = Path("/proc/locks").read_text()
        except OSError:
            return False
        device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
        return any(device in line.split() for line in text.splitlines() if "->" not in line)

    @contextmanager
    def turn(self, name: str) -> Generator[None]:
        """Wait for one's turn at what all processes write; it ends with the process at last."""
        with self.path(layout.lock_path(name)).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
