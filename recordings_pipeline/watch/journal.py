"""The journal: one JSON line per file that arrived or was refused, appended by one watcher.

Each line begins with the id of the file as it was, so that a watcher that starts again learns in
50 ms what 100,000 lines know: it takes their ids, 80 bytes of memory each, and reads nothing else.
A line is complete with its end of line. Half a line is what a kill has left; the next watcher cuts
it off, and no reader has gone past it.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from recordings_pipeline.core.arrivals import (
    ARRIVED,
    REFUSED,
    Entry,
    arrival_id,
    is_sound,
    journal_key,
)

_START = b'{"id": "'
_ID = slice(len(_START), len(_START) + 32)


class Journal:
    """A journal open for appending, and what it knows; only one at a time may be."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("ab+")
        self._known: set[bytes] = set()
        end = 0
        self._file.seek(0)
        for line in self._file:
            if not line.endswith(b"\n"):
                self._file.truncate(end)
                break
            end += len(line)
            if line.startswith(_START):
                self._known.add(_id(line[_ID]))

    def __contains__(self, id_: str) -> bool:
        return bytes.fromhex(id_) in self._known

    def __len__(self) -> int:
        return len(self._known)

    def append(self, entries: Iterable[Entry]) -> None:
        """Write lines down so that they survive a power cut: readers build on them."""
        found = [entry for entry in entries if entry.id not in self]
        if not found:
            return
        self._file.write(b"".join(map(_line, found)))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._known.update(bytes.fromhex(entry.id) for entry in found)

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class Reading:
    """Some lines of a journal.

    Attributes:
        journal: Which journal it is; empty when there is none.
        start: Byte of the first line.
        end: Byte after the last one.
    """

    journal: str
    start: int
    end: int
    entries: tuple[Entry, ...]


def read_on(path: Path, journal: str, start: int, *, most: int) -> Reading:
    """Read some complete lines; another journal than the one that was read is begun at the front.

    Args:
        path: The journal.
        journal: Which one was read before; empty for none.
        start: How far.
        most: How many lines at most.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return Reading("", 0, 0, ())
    with file:
        first = file.readline()
        if not first.endswith(b"\n"):
            return Reading("", 0, 0, ())
        key = journal_key(first)
        size = file.seek(0, os.SEEK_END)
        end = start = start if key == journal and start <= size else 0
        file.seek(start)
        entries: list[Entry] = []
        for count, line in enumerate(file):
            if count == most or not line.endswith(b"\n"):
                break
            end += len(line)
            entry = _entry(line, end)
            if entry is not None:
                entries.append(entry)
    return Reading(key, start, end, tuple(entries))


def entry_of(name: str, size_bytes: int, now: datetime, *, id_: str, reason: str = "") -> Entry:
    """Return a line for a file; ``reason`` says why it was refused."""
    kind = REFUSED if reason else ARRIVED
    return Entry(id_, kind, name, size_bytes, now.isoformat(timespec="microseconds"), reason)


def _id(text: bytes) -> bytes:
    try:
        return bytes.fromhex(text.decode("ascii"))
    except ValueError:
        return b""


def _line(entry: Entry) -> bytes:
    fields = {
        "id": entry.id,
        "kind": entry.kind,
        "name": entry.name,
        "size_bytes": entry.size_bytes,
        "arrived_time": entry.time,
        **({"reason": entry.reason} if entry.reason else {}),
    }
    return json.dumps(fields).encode() + b"\n"


def _entry(line: bytes, end: int) -> Entry | None:
    """Read a line; None for what nobody of us has written."""
    try:
        found = json.loads(line)
        name = found["name"]
        entry = Entry(
            # An older version wrote neither ids nor sizes.
            id=found.get("id") or arrival_id(name, 0, 0),
            kind=REFUSED if found.get("kind") == REFUSED else ARRIVED,
            name=name,
            size_bytes=found.get("size_bytes", 0),
            time=found["arrived_time"],
            reason=found.get("reason", ""),
            end=end,
        )
        datetime.fromisoformat(entry.time)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return entry if is_sound(entry) else None
