"""SHA-256 of files, read once and with bounded memory."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

_READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Digest:
    """A finished file: its size in bytes, and SHA-256 in lower-case hex."""

    size: int
    sha256: str


def digest_of(path: Path) -> Digest:
    """Read a file once and return its digest; bounded memory."""
    sha256, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_READ_BYTES):
            size += len(block)
            sha256.update(block)
    return Digest(size, sha256.hexdigest())


def digests_of(path: Path) -> tuple[str, str]:
    """Read a file once and return SHA-256 and SHA-512 in lower-case hex; bounded memory."""
    sha256, sha512 = hashlib.sha256(), hashlib.sha512()
    with path.open("rb") as file:
        while block := file.read(_READ_BYTES):
            sha256.update(block)
            sha512.update(block)
    return sha256.hexdigest(), sha512.hexdigest()


def continued(descriptor: int, sha256: "hashlib._Hash", most: int) -> int:
    """Hash up to ``most`` bytes from where an open file stands; return how many there were."""
    count = 0
    while count < most and (block := os.read(descriptor, min(most - count, _READ_BYTES))):
        sha256.update(block)
        count += len(block)
    return count
