"""Writing so that a reader, or a power cut, finds the old file or the new one."""

import os
from pathlib import Path


def publish_bytes(path: Path, content: bytes) -> None:
    """Replace a file as a whole: written beside it, synced, renamed, directory synced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
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
