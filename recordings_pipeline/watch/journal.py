"""The journal: one JSON line per audio file that arrived, appended by the watcher."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.layout import day_of


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Days that gained audio, in order of their first arrival, and the byte to read on from."""

    days: tuple[Day, ...]
    end: int


def read_arrivals(journal: Path, *, start: int, most_days: int) -> Arrivals:
    """Read complete lines from a byte offset on, until they name so many days.

    A journal that is shorter than the offset was replaced, and is read from its beginning.
    """
    try:
        with journal.open("rb") as file:
            size = file.seek(0, 2)
            end = file.seek(start if start <= size else 0)
            days: dict[Day, None] = {}
            for line in file:
                day = _day(line)
                is_next_tick = day is not None and day not in days and len(days) == most_days
                if not line.endswith(b"\n") or is_next_tick:
                    break
                end += len(line)
                if day is not None:
                    days[day] = None
    except FileNotFoundError:
        return Arrivals((), start)
    return Arrivals(tuple(days), end)


def journaled_names(journal: Path) -> set[str]:
    """Return the files the journal knows, relative to the data directory."""
    try:
        lines = journal.read_bytes().splitlines()
    except FileNotFoundError:
        return set()
    return {name for line in lines if (name := _name(line)) is not None}


def append_arrivals(journal: Path, names: Iterable[str], now: datetime) -> None:
    """Write arrivals down."""
    journal.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"name": name, "arrived_time": now.isoformat()}) for name in names]
    with journal.open("ab+") as file:
        # A crash may have left half a line; the first of ours must not be glued to it.
        if file.seek(0, os.SEEK_END) and not _ends_whole(file):
            file.write(b"\n")
        file.writelines(f"{line}\n".encode() for line in lines)


def _ends_whole(file: BinaryIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _day(line: bytes) -> Day | None:
    name = _name(line)
    return None if name is None else day_of(PurePosixPath(name))


def _name(line: bytes) -> str | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else None
