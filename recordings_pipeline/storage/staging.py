"""Files that are written aside and take their name when they are whole.

They lie on the same file system as what they replace, and outside of it: a reader that lists a
table's folder never sees them. A writer holds a lock on its file, which dies with the process;
without one it is litter.
"""

import fcntl
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from recordings_pipeline.core import layout
from recordings_pipeline.storage.durable import naming, sync_directory

_BLOCK_BYTES = 1_048_576


@contextmanager
def staged(folder: Path, name: str) -> Generator[IO[bytes]]:
    """Open a new file in a staging folder; afterwards it is gone unless it was published.

    The name it gets is its own: two processes that write the same table do not meet in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = _locked(folder, name)
    try:
        with naming(Path(file.name)), file:
            yield file
    finally:
        Path(file.name).unlink(missing_ok=True)


def publish(file: IO[bytes], path: Path) -> bool:
    """Give a staged file its name, or leave the old one where its bytes are equal.

    Returns:
        Whether it changed.
    """
    file.flush()
    source = Path(file.name)
    if _is_equal(source, path):
        return False
    os.fsync(file.fileno())
    path.parent.mkdir(parents=True, exist_ok=True)
    source.replace(path)
    sync_directory(path.parent)
    return True


def staging_folder(path: Path) -> Path:
    """Return where a table is written aside: beside the tables, else beside the file."""
    above = (folder.parent for folder in path.parents if folder.name == layout.TABLES.name)
    return next(above, path.parent) / layout.STAGING


def sweep(folder: Path) -> None:
    """Remove what crashed writers have left; what a living one holds stays."""
    for path in folder.iterdir():
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _locked(folder: Path, name: str) -> IO[bytes]:
    """Create a file and lock it; between the two a sweep may have taken it for litter."""
    while True:
        file = (folder / f"{name}.{secrets.token_hex(4)}").open("xb")
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()


def _is_equal(one: Path, other: Path) -> bool:
    if not other.is_file() or one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while block := left.read(_BLOCK_BYTES):
            if block != right.read(_BLOCK_BYTES):
                return False
    return True
