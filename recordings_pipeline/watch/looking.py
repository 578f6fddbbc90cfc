"""What lies below a directory, in an order that a later look can go on from.

Nothing is opened: a directory is listed, and each name in it asked what it is.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from recordings_pipeline.core import layout
from recordings_pipeline.core.arrivals import is_passed_over
from recordings_pipeline.core.file_kinds import kind_of

_DAY = "date="
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Seen:
    """Something with a name that is no directory.

    Attributes:
        name: Relative to the data directory; bytes that are no UTF-8 as surrogates.
        kind: As `file_kinds.kind_of` names it.
        modified_ns: When its content was changed last, as it says.
        changed_ns: When anything of it was changed last; programs cannot set this one.
    """

    name: str
    kind: str
    size_bytes: int
    modified_ns: int
    changed_ns: int


def walk(root: Path, folder: str, *, after: str = "", is_deep: bool = True) -> Iterator[Seen]:
    """Yield what lies below a directory, by name, leaving out what is hidden or unfinished.

    Links are not followed, but for that of a day: somebody may have moved old days to another disk.

    Args:
        root: The data directory.
        folder: Relative to it; one that is not there holds nothing.
        after: Yield only what comes after this one, relative to the root as well.
        is_deep: Whether to look into directories.
    """
    past = after.split("/") if after else []
    waiting = [_listed(root, folder, past)]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
            continue
        name, is_folder = f"{entry[0]}/{entry[1].name}", entry[2]
        if not is_folder:
            with suppress(OSError):  # gone meanwhile
                yield _seen(name, entry[1].stat(follow_symlinks=False))
        elif is_deep and len(waiting) < _DEEPEST:
            waiting.append(_listed(root, name, past))


def _listed(
    root: Path, folder: str, past: list[str]
) -> Iterator[tuple[str, "os.DirEntry[str]", bool]]:
    """Yield the entries of a directory in order, with whether each is one to look into."""
    parts = folder.split("/")
    depth = len(parts)
    least = past[depth] if past[:depth] == parts and len(past) > depth else ""
    try:
        with os.scandir(f"{root}/{folder}") as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name < least or is_passed_over(entry.name):
            continue
        is_folder = _is_folder(entry, folder)
        if entry.name > least or is_folder:
            yield folder, entry, is_folder


def _is_folder(entry: "os.DirEntry[str]", folder: str) -> bool:
    is_day = folder == str(layout.AUDIO) and entry.name.startswith(_DAY)
    try:
        return entry.is_dir(follow_symlinks=is_day)
    except OSError:
        return False


def _seen(name: str, status: os.stat_result) -> Seen:
    return Seen(
        name=name,
        kind=kind_of(status.st_mode),
        size_bytes=status.st_size,
        modified_ns=status.st_mtime_ns,
        changed_ns=max(status.st_ctime_ns, status.st_mtime_ns),
    )
