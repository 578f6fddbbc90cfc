"""SHA-256 of files, read once and with bounded memory."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from recordings_pipeline.core.containers import HEAD_BYTES

_READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Digest:
    """A finished file: its size in bytes, SHA-256 in lower-case hex, and first bytes."""

    size: int
    sha256: str
    head: bytes


def digest_of(path: Path) -> Digest:
    """Read a file once and return its digest; bounded memory."""
    sha256 = hashlib.sha256()
    size, head = 0, b""
    with path.open("rb") as file:
        while block := file.read(_READ_BYTES):
            head = head or block[:HEAD_BYTES]
            size += len(block)
            sha256.update(block)
    return Digest(size, sha256.hexdigest(), head)


def digest_of_prefix(descriptor: int, size: int) -> "tuple[hashlib._Hash, bytes] | None":
    """Hash the first ``size`` bytes; None when there are fewer."""
    sha256, head, left = hashlib.sha256(), b"", size
    while left:
        block = os.read(descriptor, min(left, _READ_BYTES))
        if not block:
            return None
        head = head or block[:HEAD_BYTES]
        sha256.update(block)
        left -= len(block)
    return sha256, head
