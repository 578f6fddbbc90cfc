"""What lies beside a part: whose content it is, and the digest of so many first bytes.

Side records are replaced by renaming, so that a kill leaves the old one or the new one; they are
not synced, because one that a power cut takes costs a repeated download, never a wrong one.
"""

import json
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from recordings_pipeline.storage.durable import naming

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class SideRecord:
    """What a part belongs to.

    Attributes:
        recording: The part's own key, so that records cannot be exchanged.
        etag: Strong ETag of the content.
        total: Its size.
        size: Bytes of the part that the digest covers.
        sha256: Digest of those bytes.
        attempt: How many requests have brought bytes of this content.
        name: Final name, once the part is whole and verified.
        boot: Which start of the machine it was written in; empty when the system does not say.
    """

    recording: str
    etag: str | None
    total: int
    size: int = 0
    sha256: str = ""
    attempt: int = 1
    name: str | None = None
    boot: str = ""


_NAMES = tuple(field.name for field in fields(SideRecord))


@lru_cache(maxsize=1)
def boot_id() -> str | None:
    """Name the present start of the machine; None where the system has no name for it."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return None


def write_record(side: Path, record: SideRecord) -> None:
    """Replace a side record."""
    beside = side.with_name(f".{side.name}.new")
    with naming(side):
        beside.write_bytes(json.dumps(as_json(record)).encode())
        beside.replace(side)


def read_record(side: Path, key: str) -> SideRecord | None:
    """Return a part's side record; None without one that makes sense."""
    try:
        record = from_json(json.loads(side.read_bytes()))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return record if record is not None and record.recording == key else None


def as_json(record: SideRecord) -> dict[str, object]:
    """Return a record for writing, with the present start of the machine."""
    return {**{name: getattr(record, name) for name in _NAMES}, "boot": boot_id() or ""}


def from_json(found: dict[str, object]) -> SideRecord | None:
    """Read a record; None when it makes no sense.

    Raises:
        TypeError: It has other fields.
    """
    record = SideRecord(**found)  # type: ignore[arg-type] # looked at right below
    counts = (record.total, record.size, record.attempt)
    texts = (record.recording, record.sha256, record.boot, record.etag or "", record.name or "")
    is_sound = all(type(count) is int and count >= 0 for count in counts)
    return record if is_sound and all(isinstance(text, str) for text in texts) else None
