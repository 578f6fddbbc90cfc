"""Files encrypted with age, as streams: memory does not grow with them."""

import hashlib
import os
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from recordings_pipeline.core.sealing import Identity
from recordings_pipeline.storage.age_keys import imported, private_keys, public_keys
from recordings_pipeline.storage.digests import Digest
from recordings_pipeline.storage.durable import naming, sync_directory
from recordings_pipeline.storage.staging import staged

_NO_KEY = "No matching keys found"
OTHER_KEY, DAMAGED = "is encrypted for another key", "is damaged: see recordings-pipeline verify"


class OtherBytes(Exception):
    """A file is not what the ledger says it is."""


class CannotOpen(Exception):
    """A file cannot be decrypted; the problem is a clause."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Taker(Protocol):
    """Takes what is in a file, piece by piece."""

    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Encrypted:
    """What was encrypted, and what lies there for it."""

    plain: Digest
    stored: Digest


class _Hashed:
    """A stream that hashes what goes through it."""

    def __init__(self, file: Any) -> None:  # noqa: ANN401 (a reader, or a taker)
        # The library makes an error of its own of what the disk refuses.
        self.refused: OSError | None = None
        self._file = file
        self._sha256 = hashlib.sha256()
        self._size = 0

    def read(self, size: int = -1) -> bytes:
        with self._noted():
            data: bytes = self._file.read(size)
        self._add(data)
        return data

    def write(self, data: bytes) -> int:
        self._add(data)
        with self._noted():
            count: int = self._file.write(data)
        return count

    def flush(self) -> None:
        self._file.flush()

    @property
    def digest(self) -> Digest:
        return Digest(self._size, self._sha256.hexdigest())

    @contextmanager
    def _noted(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            self.refused = error
            raise

    def _add(self, data: bytes) -> None:
        self._sha256.update(data)
        self._size += len(data)


def encrypt(
    source: Path, target: Path, folder: Path, recipients: Sequence[str], sha256: str | None = None
) -> Encrypted:
    """Encrypt a file beside itself, durably.

    Args:
        source: The file; it stays.
        target: What the encrypted one is called; one that a crash has left is replaced.
        folder: Where it is written aside.
        recipients: Public keys.
        sha256: What the source has to be; None for whatever it is.

    Raises:
        OtherBytes: It is something else; nothing was written.
    """
    with staged(folder, target.name) as file, source.open("rb") as plain, naming(target):
        age, reader, writer = imported(), _Hashed(plain), _Hashed(file)
        try:
            age.encrypt_io(reader, writer, public_keys(recipients))
        except age.EncryptError:
            if refused := reader.refused or writer.refused:
                raise refused from None
            raise
        if sha256 not in (None, reader.digest.sha256):
            raise OtherBytes
        file.flush()
        os.fsync(file.fileno())
        Path(file.name).replace(target)
        sync_directory(target.parent)
        return Encrypted(reader.digest, writer.digest)


def decrypt_into(source: Path, taker: Taker, identity: Identity) -> Digest:
    """Hand over what is in an encrypted file, and return size and SHA-256 of that.

    Raises:
        CannotOpen: The key does not open it, or it is damaged.
        ConfigurationError: There is no such key.
        OSError: The file cannot be read.
    """
    age, keys = imported(), private_keys(identity)
    writer = _Hashed(taker)
    with source.open("rb") as file:
        reader = _Hashed(file)
        try:
            age.decrypt_io(reader, writer, keys)
        except (age.DecryptError, OSError) as error:
            # Damage behind the head comes as an error of the system, whose number it lacks.
            if refused := reader.refused or writer.refused:
                raise refused from None
            # Not handed on: what a library says may quote what it read.
            problem = OTHER_KEY if str(error) == _NO_KEY else DAMAGED
            raise CannotOpen(problem) from None
    return writer.digest


def decrypt(source: Path, target: Path, identity: Identity, sha256: str) -> None:
    """Decrypt a file; nothing stays under the target's name unless it is what it was.

    Raises:
        OtherBytes: The key opens it, and what is in it is something else.
        CannotOpen: The key does not open it, or it is damaged.
        FileExistsError: The target exists.
    """
    beside = target.with_name(f".{target.name}.new")
    if target.exists():
        raise FileExistsError(target)
    try:
        with beside.open("wb") as plain:
            digest = decrypt_into(source, plain, identity)
        if digest.sha256 != sha256:
            raise OtherBytes
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def opened(source: Path, folder: Path, identity: Identity) -> Generator[Path]:
    """Decrypt a file for the length of a ``with`` block, for programs that want a path.

    The plain bytes lie on the disk without a name: the system takes them back when the block ends,
    or the process does, however that happens.

    Args:
        source: The encrypted file.
        folder: On whose disk.
        identity: The private key.

    Raises:
        CannotOpen: The key does not open it, or it is damaged.
    """
    with tempfile.TemporaryFile(dir=folder) as plain:
        with naming(folder):
            decrypt_into(source, plain, identity)
            plain.flush()
        yield Path(f"/dev/fd/{plain.fileno()}")


def content_of(source: Path, identity: Identity, most: int) -> bytes:
    """Return what is in a small encrypted file.

    Raises:
        CannotOpen: The key does not open it, or it is damaged or too large.
    """
    if source.stat().st_size > most:
        raise CannotOpen("is too large")
    content = BytesIO()
    decrypt_into(source, content, identity)
    return content.getvalue()
