"""The whole data directory as it lies there: names and modes, leftovers, credentials in files."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.file_kinds import kind_of
from recordings_pipeline.core.invariants.places import CREDENTIALS, Entry
from recordings_pipeline.storage.home import Home

# What others put beside our files is theirs; so is what they drop for us to take.
_FOLDERS = (
    layout.AUDIO,
    layout.TABLES,
    layout.RAW,
    layout.AUDIT,
    layout.QUARANTINE,
    layout.LOCKS,
    layout.STAGING,
    layout.WATCH,
)
_LEDGER = tuple(layout.LEDGER.with_name(layout.LEDGER.name + end) for end in ("", "-wal", "-shm"))
_FILES = (*_LEDGER, layout.LEDGER_MARK, layout.CATALOG, layout.CATALOG_SCRIPT)
# Text that we write ourselves: what a run says of itself. Recordings and transcripts are as the
# source sent them.
_OURS = (*_FILES, layout.AUDIT, layout.WATCH, layout.LOCKS)
_CHANGED_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_BLOCK_BYTES = 1 << 20
# Longer than any credential's beginning: what spans two blocks is found in the second.
_OVERLAP_BYTES = 4_096


def entries(home: Home) -> Iterator[Entry]:
    """Yield everything that is ours, without following a link.

    The directory itself is somebody else's, unless others can change what is in it.
    """
    if home.root.stat().st_mode & _CHANGED_BY_OTHERS:
        yield from _entry(home, ".")
    for path in _FILES:
        yield from _entry(home, str(path))
    for folder in _FOLDERS:
        yield from _walk(home, folder)


def leftovers(home: Home) -> Iterator[PurePosixPath]:
    """Yield what only a run under way may have: parts, and files about to replace others."""
    for entry in entries(home):
        path = PurePosixPath(entry.path)
        if entry.kind == "directory":
            continue
        is_new = path.name.startswith(".") and path.name.endswith(".new")
        if is_new or path.parent in (layout.PARTS, layout.STAGING):
            yield path


def holding_credentials(home: Home, known: Sequence[str]) -> Iterator[str]:
    """Yield the files of ours that hold a credential: what looks like one, or one of the known."""
    words = [re.escape(word.encode()) for word in known if word]
    pattern = re.compile(b"|".join([CREDENTIALS.pattern, *words]), re.ASCII)
    for path in _OURS:
        for entry in _walk(home, path):
            if entry.kind == "file" and _has(home.path(PurePosixPath(entry.path)), pattern):
                yield entry.path


def is_at_work(home: Home) -> bool:
    """Say whether any process works on a day, or has a turn."""
    folder = home.path(layout.LOCKS)
    return any(home.is_locked(path.stem) for path in folder.glob("*.lock"))


def wal_bytes(home: Home) -> int:
    """Return the size of the ledger's write-ahead log; 0 without one."""
    return _size(home.path(_LEDGER[1]))


def ledger_bytes(home: Home) -> int:
    """Return the size of the ledger without its write-ahead log."""
    return _size(home.path(layout.LEDGER))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _walk(home: Home, top: PurePosixPath) -> Iterator[Entry]:
    waiting = [str(top)]
    while waiting:
        current = waiting.pop()
        for entry in _entry(home, current):
            yield entry
            if entry.kind == "directory":
                names = sorted(os.listdir(f"{home.root}/{current}"), reverse=True)  # noqa: PTH208
                waiting.extend(f"{current}/{name}" for name in names)


def _entry(home: Home, path: str) -> Iterator[Entry]:
    """Yield what has a name; nothing when it has gone meanwhile."""
    try:
        status = os.lstat(f"{home.root}/{path}")
    except FileNotFoundError:
        return
    yield Entry(path, kind_of(status.st_mode), stat.S_IMODE(status.st_mode))


def _has(path: Path, pattern: re.Pattern[bytes]) -> bool:
    tail = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            if pattern.search(tail + block):
                return True
            tail = block[-_OVERLAP_BYTES:]
    return False
