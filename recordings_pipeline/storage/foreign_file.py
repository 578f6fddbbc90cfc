"""A file somebody else has put there: opened without waiting, and read while nobody writes it."""

import errno
import fcntl
import hashlib
import os
import signal
import stat
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

_BLOCK_BYTES = 1 << 20
# A link is not followed, and a FIFO that took the file's place does not keep us.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Changed(OSError):
    """The file is being written, or became another one."""


class ForeignFile:
    """A regular file open for reading."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._before = os.fstat(descriptor)
        if not stat.S_ISREG(self._before.st_mode):
            raise Changed(errno.EAGAIN, "not a regular file any more")
        if _is_being_written(descriptor):
            raise Changed(errno.EAGAIN, "another program is writing it")

    @property
    def size(self) -> int:
        return self._before.st_size

    def read(self, take: Callable[[bytes], None]) -> str:
        """Hand all bytes over, and return their SHA-256.

        Raises:
            Changed: The file changed meanwhile.
        """
        sha256, left = hashlib.sha256(), self.size
        while left and (block := os.read(self.descriptor, min(left, _BLOCK_BYTES))):
            sha256.update(block)
            take(block)
            left -= len(block)
        now, before = os.fstat(self.descriptor), self._before
        if left or (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise Changed(errno.EAGAIN, "it changed while it was read")
        return sha256.hexdigest()

    def remove(self, path: Path) -> None:
        """Take the name away from the file that was read; another one that has it by now stays."""
        with suppress(FileNotFoundError):
            status = os.lstat(path)
            if (status.st_dev, status.st_ino) == (self._before.st_dev, self._before.st_ino):
                path.unlink()


@contextmanager
def opened(path: Path) -> Generator[ForeignFile]:
    """Open a file for the length of a ``with`` block.

    Raises:
        Changed: It is being written, or no regular file any more.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        yield ForeignFile(descriptor)
    finally:
        os.close(descriptor)


def small_content(path: Path, most: int) -> bytes:
    """Return what a small file holds; nothing where there is none, or a larger one."""
    try:
        with opened(path) as file:
            return os.read(file.descriptor, most) if file.size <= most else b""
    except OSError:
        return b""


def _is_being_written(descriptor: int) -> bool:
    """Say whether a program of this machine has it open for writing.

    Linux gives a lease for reading only where nobody writes. It is given back at once; whoever
    opens the file in between makes the system tell us, by a signal that is ignored by default.
    Where there are no leases, as for files of other users, nobody can say.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    with suppress(OSError):
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
