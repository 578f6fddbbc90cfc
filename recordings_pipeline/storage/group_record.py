"""What a group of verified parts is about to be called: one record for all, beside the parts.

A file for each of them would be made and removed a moment later, and ext4 searches past what it has
just removed: that was a fifth of the time of a file of 50 kB. Like side records these are not
synced, and one that is torn counts for nothing: the files are fetched again.
"""

import json
import re
import threading
from collections.abc import Sequence
from pathlib import Path

from recordings_pipeline.storage.durable import naming
from recordings_pipeline.storage.side_record import SideRecord, as_json, from_json, write_record

_SUFFIX = ".group"
_KEY = re.compile(r"[0-9A-Za-z-]{1,100}")


class GroupRecord:
    """Remembers verified parts until the ledger knows all of them; threads share it."""

    def __init__(self, folder: Path, records: Sequence[SideRecord]) -> None:
        self._keys = {record.recording for record in records}
        self._sides = [folder / f"{key}.json" for key in self._keys]
        self._path = folder / f"{records[0].recording}{_SUFFIX}"
        self._lock = threading.Lock()
        with naming(self._path):
            self._path.write_text(json.dumps([as_json(record) for record in records]))

    def forget(self, key: str) -> None:
        """Hear that the ledger knows a part, or that there is none any more."""
        with self._lock:
            self._keys.discard(key)
            is_over = not self._keys
        if not is_over:
            return
        try:
            self._path.unlink()
        except FileNotFoundError:  # another run took us for dead, and parted it
            for side in self._sides:
                side.unlink(missing_ok=True)


def part_groups(folder: Path) -> None:
    """Turn the group records that killed runs have left into side records."""
    for path in folder.glob(f"*{_SUFFIX}"):
        for record in _read(path):
            write_record(folder / f"{record.recording}.json", record)
        path.unlink(missing_ok=True)


def _read(path: Path) -> list[SideRecord]:
    try:
        records = [from_json(found) for found in json.loads(path.read_bytes())]
    except (OSError, ValueError, TypeError, RecursionError):
        return []
    return [record for record in records if record is not None and _is_name(record.recording)]


def _is_name(key: str) -> bool:
    """Say whether a key is the name of a file, and leads nowhere else."""
    return _KEY.fullmatch(key) is not None
