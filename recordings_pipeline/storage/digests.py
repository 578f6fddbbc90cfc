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


def prefix_of(descriptor: int, size: int) -> "tuple[hashlib._Hash, bytes] | None":
    """Hash the first ``size`` bytes of an open file; return hash and head, None without them."""
    sha256 = hashlib.sha256()
    if continued(descriptor, sha256, size) < size:
        return None
    return sha256, os.pread(descriptor, min(size, HEAD_BYTES), 0)


def continued(descriptor: int, sha256: "hashlib._Hash", most: int) -> int:
    """Hash up to ``most`` bytes from where an open file stands; return how many there were."""
    count = 0
    while count < most and (block := os.read(descriptor, min(most - count, _READ_BYTES))):
        sha256.update(block)
        count += len(block)
    return count
