"""The audit log: the ledger's events as JSON lines, appended and never changed."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from recordings_pipeline.storage.durable import naming
from recordings_pipeline.storage.ledger import Ledger

_TAIL_BYTES = 1 << 16


def append_events(path: Path, ledger: Ledger) -> int:
    """Bring the file up to the ledger and return how many lines that took.

    A line torn by a crash is cut off first; the ledger still has its event. Other processes that
    export other days into the same directory wait meanwhile; the lock dies with the process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with naming(path), path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _mend(file)
        lines = [_line(event) for event in ledger.events(after=last)]
        if lines:
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())
    return len(lines)


def read_events(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of an audit log, in order."""
    with path.open("rb") as file:
        for line in file:
            yield json.loads(line)


def _mend(file: Any) -> int:  # noqa: ANN401 (a file opened for appending and reading)
    """Cut a torn last line off and return the sequence number of the last whole one."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - _TAIL_BYTES, 0))
    tail = file.read()
    whole = tail[: tail.rfind(b"\n") + 1]
    if whole != tail:
        file.truncate(size - len(tail) + len(whole))
    file.seek(0, os.SEEK_END)
    lines = whole.splitlines()
    return int(json.loads(lines[-1])["seq"]) if lines else 0


def _line(event: Mapping[str, Any]) -> bytes:
    """Write an event canonically: sorted keys, no spaces, ASCII."""
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in event.items()
        if value is not None
    }
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode() + b"\n"
