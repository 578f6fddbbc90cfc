"""Takes names out of the journal: people put those of others, and their numbers, in names of files.

A line is overwritten where it lies, as long as before, and keeps its id. So a watcher that appends
meanwhile and readers that count bytes notice nothing, and what still lies there does not arrive
once more.
"""

import json
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.arrivals import REFUSED, journal_key

_IDS = re.compile(rb'(?:[0-9a-f]{32}(?="))|' + layout.ID.pattern.encode())


def forget_names(path: Path, whose: Collection[str]) -> None:
    """Forget what some files were called; run it again at any time.

    Args:
        path: The journal.
        whose: Ids that names hold, of conversations or recordings, and ids of lines.
    """
    found = list(_named(path, whose))
    if not found:
        return
    with path.open("r+b", buffering=0) as file:
        for start, line, _ in found:
            os.pwrite(file.fileno(), _without_name(line, is_first=not start), start)
        os.fsync(file.fileno())


def ids_with_names(path: Path, whose: Collection[str]) -> Iterator[str]:
    """Yield those of some ids whose lines still have a name."""
    for _, _, id_ in _named(path, whose):
        yield id_


def _named(path: Path, whose: Collection[str]) -> Iterator[tuple[int, bytes, str]]:
    """Yield where a line begins, the line, and which of the ids it is of."""
    if not whose or not path.exists():
        return
    start = 0
    with path.open("rb") as file:
        for line in file:
            ids = (match.group().decode() for match in _IDS.finditer(line.lower()))
            id_ = next((id_ for id_ in ids if id_ in whose), None)
            is_whole = line.endswith(b"\n")
            if id_ and is_whole and line != _without_name(line, is_first=not start):
                yield start, line, id_
            start += len(line)


def _without_name(line: bytes, *, is_first: bool) -> bytes:
    """Return a line as long as this one that only says when something came to which folder.

    The first one is what readers know the journal by: it says what it was known by.
    """
    try:
        said = json.loads(line)
        fields = {
            "id": said["id"],
            "name": PurePosixPath(said["name"]).parts[0],
            "arrived_time": said["arrived_time"],
            **({"kind": REFUSED} if said.get("kind") == REFUSED else {}),
            **({"journal": journal_key(line)} if is_first else {}),
        }
        text = json.dumps(fields).encode()
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        text = b""  # none of ours
    length = len(line) - 1
    return (text if len(text) <= length else b"").ljust(length) + b"\n"
