"""Writing so that a reader, or a power cut, finds the old file or the new one."""

import errno
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from recordings_pipeline.core.errors import StorageFailed

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK})
_OF_THE_DISK = _FULL | {errno.EROFS, errno.EIO}
FREE_SPACE = "free space, then run the day again"
CHECK_DISK = "check the disk and its permissions, then run the day again"


@contextmanager
def naming(path: Path) -> Generator[None]:
    """Name the file in what the system says: a refused write does not tell where it happened."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def storage_failure(error: OSError, root: Path) -> StorageFailed | None:
    """Say what the disk refused below a directory; None if that is not what happened."""
    path = Path(error.filename) if isinstance(error.filename, str) else root
    if not path.is_relative_to(root) or (path == root and error.errno not in _OF_THE_DISK):
        return None
    remedy = FREE_SPACE if error.errno in _FULL else CHECK_DISK
    name = "the data directory" if path == root else str(path.relative_to(root))
    return StorageFailed(name, error.strerror or type(error).__name__, remedy)


def publish_bytes(path: Path, content: bytes) -> None:
    """Replace a file as a whole: written beside it, synced, renamed, directory synced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    with naming(path), beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_directory(path.parent)


def give_name(source: Path, target: Path) -> None:
    """Give a file a second name, or move it where the disk has no hard links.

    Raises:
        FileExistsError: The name is taken; what has it was not touched.
    """
    try:
        os.link(source, target)
    except OSError as error:
        is_reserved = isinstance(error, FileExistsError) and _is_empty_file(target)
        if not is_reserved and error.errno not in _NO_LINKS:
            raise
        move_to_free_name(source, target)


def move_to_free_name(source: Path, target: Path) -> None:
    """Rename a file without replacing another one, for disks without hard links (FAT, some NAS).

    An empty file reserves the name first. Its limits: readers may see the empty file for an
    instant, and a crash in between leaves it; so an empty file counts as such a reservation and
    is replaced, whoever made it. It holds nothing that could be lost.

    Raises:
        FileExistsError: A file with content has the name.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        if not _is_empty_file(target):
            raise
    source.replace(target)


def _is_empty_file(path: Path) -> bool:
    """Say whether a name is an empty file of its own, no link and no pipe."""
    found = path.lstat()
    return stat.S_ISREG(found.st_mode) and not found.st_size


def sync_directory(folder: Path) -> None:
    """Make a rename or a new name in a directory survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
