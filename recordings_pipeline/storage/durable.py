"""Writing so that a reader, or a power cut, finds the old file or the new one."""

import ctypes
import errno
import os
import stat
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from recordings_pipeline.core.errors import StorageFailed

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_RENAMEAT2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
_AT_FDCWD, _RENAME_NOREPLACE = -100, 1
_UNKNOWN_WAY = frozenset({errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EMLINK})
# The whole process has too few, so that it says little which file it was.
_NO_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE})
OF_THE_DISK = FULL | _NO_DESCRIPTORS | {errno.EROFS, errno.EIO}
FREE_SPACE = "free space, then run the day again"
RAISE_LIMIT = "raise the limit of open files, then run the day again"
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
    if not path.is_relative_to(root) or (path == root and error.errno not in OF_THE_DISK):
        return None
    name = "the data directory" if path == root else str(path.relative_to(root))
    return StorageFailed(name, error.strerror or type(error).__name__, _remedy(error.errno))


def _remedy(number: int | None) -> str:
    if number in _NO_DESCRIPTORS:
        return RAISE_LIMIT
    return FREE_SPACE if number in FULL else CHECK_DISK


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


def rename_without_replacing(source: Path, target: Path) -> None:
    """Ask Linux for it, since 3.15 and glibc 2.28; Python does not offer it."""
    number = errno.ENOSYS
    if _RENAMEAT2 is not None:
        names = os.fsencode(source), os.fsencode(target)
        failed = _RENAMEAT2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_NOREPLACE)
        number = ctypes.get_errno() if failed else 0
    if number:
        raise OSError(number, os.strerror(number), str(source), None, str(target))


def link_and_unlink(source: Path, target: Path) -> None:
    """Give a second name, and take the first one away."""
    target.hardlink_to(source)
    source.unlink()


def reserve_and_rename(source: Path, target: Path) -> None:
    """Reserve the name with an empty file, then replace that.

    Readers may see the empty file for an instant, and a crash in between leaves it.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    source.replace(target)


Way = Callable[[Path, Path], None]
# Disks differ: not every NAS knows the first, FAT and some NAS have no hard links.
WAYS: tuple[Way, ...] = (rename_without_replacing, link_and_unlink, reserve_and_rename)


def move_to_free_name(source: Path, target: Path, ways: Iterable[Way] = WAYS) -> None:
    """Rename a file without replacing another one, in the first way that the disk knows.

    An empty file counts as a reservation that a crash has left, and is replaced, whoever made it:
    it holds nothing that could be lost.

    Raises:
        FileExistsError: The name is taken; what has it was not touched.
    """
    for way in ways:
        try:
            return way(source, target)
        except FileExistsError:
            if not _is_empty_file(target):
                raise
            source.replace(target)
            return None
        except OSError as error:
            if error.errno not in _UNKNOWN_WAY:
                raise
    raise OSError(errno.ENOTSUP, "the disk cannot rename without replacing", str(source))


def is_regular(path: Path) -> bool:
    """Say whether a name is a file of its own: no link, and no pipe, which would wait for ever."""
    return stat.S_ISREG(path.lstat().st_mode)


def _is_empty_file(path: Path) -> bool:
    return is_regular(path) and not path.lstat().st_size


def sync_directory(folder: Path) -> None:
    """Make a rename or a new name in a directory survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
