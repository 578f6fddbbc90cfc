"""Writing so that a reader, or a power cut, finds the old file or the new one."""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from recordings_pipeline.core.errors import StorageFailed

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
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


def sync_directory(folder: Path) -> None:
    """Make a rename or a new name in a directory survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
