"""Files encrypted with age, as streams: memory does not grow with them."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.sealing import VARIABLE
from recordings_pipeline.storage.digests import Digest
from recordings_pipeline.storage.durable import naming, sync_directory
from recordings_pipeline.storage.staging import staged


class OtherBytes(Exception):
    """A file is not what the ledger says it is."""


class _Hashed:
    """A stream that hashes what goes through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        self._size = 0

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._sha256.update(data)
        self._size += len(data)
        return data

    def write(self, data: bytes) -> int:
        self._sha256.update(data)
        self._size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    @property
    def digest(self) -> Digest:
        return Digest(self._size, self._sha256.hexdigest())


def encrypt(
    source: Path, target: Path, folder: Path, recipients: Sequence[str], sha256: str
) -> Digest:
    """Encrypt a file beside itself, durably, and return size and SHA-256 of what lies there.

    Args:
        source: The file; it stays.
        target: What the encrypted one is called; one that a crash has left is replaced.
        folder: Where it is written aside.
        recipients: Public keys.
        sha256: What the source has to be.

    Raises:
        OtherBytes: It is something else; nothing was written.
    """
    age = imported()
    keys = [age.x25519.Recipient.from_str(text) for text in recipients]
    with staged(folder, target.name) as file, source.open("rb") as plain, naming(target):
        reader, writer = _Hashed(plain), _Hashed(file)
        age.encrypt_io(reader, writer, keys)
        if reader.digest.sha256 != sha256:
            raise OtherBytes
        file.flush()
        os.fsync(file.fileno())
        Path(file.name).replace(target)
        sync_directory(target.parent)
        return writer.digest


def decrypt(source: Path, target: Path, identity: Path, sha256: str) -> None:
    """Decrypt a file; nothing stays under the target's name unless it is what it was.

    Raises:
        OtherBytes: The key opens it, and the sound is another one.
        ConfigurationError: The key does not open it, or the target exists.
    """
    age = imported()
    keys = _identities(age, identity)
    beside = target.with_name(f".{target.name}.new")
    if target.exists():
        raise ConfigurationError("--output", f"holds {target.name} already: move it away")
    try:
        with source.open("rb") as file, beside.open("wb") as plain:
            writer = _Hashed(plain)
            age.decrypt_io(file, writer, keys)
        if writer.digest.sha256 != sha256:
            raise OtherBytes
        beside.replace(target)
    except age.DecryptError:
        problem = "does not open it, or the file is damaged: see recordings-pipeline verify"
        raise ConfigurationError("--identity", problem) from None
    finally:
        beside.unlink(missing_ok=True)


def imported() -> Any:  # noqa: ANN401 (a library without types)
    """Return the library of the extra [age].

    Raises:
        ConfigurationError: It is not installed.
    """
    try:
        import pyrage  # noqa: PLC0415 (an extra)
    except ImportError:
        problem = "needs an extra: pip install 'recordings-pipeline[age]'"
        raise ConfigurationError(VARIABLE, problem) from None
    return pyrage


def _identities(age: Any, path: Path) -> list[Any]:  # noqa: ANN401 (a library without types)
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        return [age.x25519.Identity.from_str(ln) for ln in lines if ln and not ln.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        raise ConfigurationError("--identity", f"cannot be read: {path}: {why}") from None
    except age.IdentityError:
        raise ConfigurationError("--identity", f"is no file of age-keygen: {path}") from None
