"""Keys that sign the audit log: made on first use, private to their owner, outside of the data.

A key that lies beside what it signs would travel with every copy of the directory.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.keeping import KEY, KEY_FILE, Keeping
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.storage.durable import move_to_free_name, sync_directory

_ID = r"[0-9a-f]{32}"
_USUAL = Path("recordings-pipeline") / "audit" / "ed25519.pem"
_OTHERS, _SEED_DIGITS, _ID_DIGITS = 0o077, 64, 32
_MAKE_ONE = "`openssl genpkey -algorithm ed25519` makes one"


class SigningKey:
    """A private key that signs and is not shown."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key()
        self.id = key_id(self.public)

    def sign(self, text: bytes) -> str:
        """Return the signature over a text as lower-case hex."""
        return self._private.sign(text).hex()

    def __repr__(self) -> str:
        return f"SigningKey({self.id})"


def usual_file() -> Path:
    """Return where the key lies unless a variable says otherwise.

    Raises:
        ConfigurationError: The person has no home directory, as in some containers.
    """
    state = os.environ.get("XDG_STATE_HOME", "").strip()
    try:
        return (Path(state) if state else Path("~/.local/state").expanduser()) / _USUAL
    except RuntimeError:
        problem = "is not set, and there is no home directory: name a file that stays"
        raise ConfigurationError(KEY_FILE, problem) from None


def signing_key(keeping: Keeping) -> SigningKey:
    """Return the key that seals; its file is made where there is none yet.

    Raises:
        ConfigurationError: It is no key, others can read it, or it cannot be made.
    """
    if isinstance(keeping.key, Secret):
        return _key_from(keeping.key.reveal().encode(), KEY)
    path = keeping.key or usual_file()
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & _OTHERS:
            raise ConfigurationError(KEY_FILE, f"can be read by others: chmod 600 {path}")
        return _key_from(path.read_bytes(), KEY_FILE)
    except OSError as error:
        problem = f"cannot be used: {path}: {error.strerror}; name a file that only you can read"
        raise ConfigurationError(KEY_FILE, problem) from None


def own_key(keeping: Keeping) -> Ed25519PublicKey | None:
    """Return the public half of the key that seals here; None where there is none yet.

    Raises:
        ConfigurationError: It is no key, or others can read it.
    """
    is_there = isinstance(keeping.key, Secret) or (keeping.key or usual_file()).exists()
    return signing_key(keeping).public if is_there else None


def read_public_keys(paths: Iterable[Path], variable: str) -> dict[str, Ed25519PublicKey]:
    """Read public keys, by their ids.

    Raises:
        ConfigurationError: A file is not there, or holds none; the message names it.
    """
    found = {}
    for path in paths:
        try:
            key = serialization.load_pem_public_key(path.read_bytes())
        except OSError as error:
            raise ConfigurationError(variable, f"{path}: {error.strerror}") from None
        except (ValueError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise ConfigurationError(variable, f"{path} holds no public Ed25519 key in PEM")
        found[key_id(key)] = key
    return found


def trusted_keys(
    root: Path, keeping: Keeping, named: Iterable[Path]
) -> dict[str, Ed25519PublicKey]:
    """Return the keys that somebody vouches for: our own, and those that are named.

    A key that only lies in the log or in the second directory vouches for nothing, as the exporter
    writes both. One that is named by its id is looked for there: the id is the key's digest.

    Raises:
        ConfigurationError: A key is not there, or is none.
    """
    found: dict[str, Ed25519PublicKey] = {}
    for path in named:
        is_id = re.fullmatch(_ID, str(path)) is not None
        file = _published(root, keeping, str(path)) if is_id else path
        keys = read_public_keys([file], "--key")
        if is_id and str(path) not in keys:
            raise ConfigurationError("--key", f"{file} holds another key than its name says")
        found |= keys
    if (own := own_key(keeping)) is not None:
        found[key_id(own)] = own
    return found


def _published(root: Path, keeping: Keeping, id_: str) -> Path:
    """Return where a key lies whose id is known."""
    folders = [root / layout.AUDIT_KEYS, *([keeping.anchor] if keeping.anchor else [])]
    files = [folder / f"{id_}.pem" for folder in folders]
    return next((file for file in files if file.is_file()), files[0])


def key_id(key: Ed25519PublicKey) -> str:
    """Name a key: the first half of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:_ID_DIGITS]


def public_pem(key: Ed25519PublicKey) -> bytes:
    """Write a public key as every tool reads it."""
    pem, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(pem, form)


def is_signed(keys: Mapping[str, Ed25519PublicKey], key: str, text: bytes, signature: str) -> bool:
    """Say whether one of some keys signed a text."""
    try:
        keys[key].verify(bytes.fromhex(signature), text)
    except (KeyError, ValueError, InvalidSignature):
        return False
    return True


def _key_from(content: bytes, variable: str) -> SigningKey:
    """Read a private key: PEM, or the 64 hex digits of its seed."""
    text = content.strip()
    try:
        if len(text) == _SEED_DIGITS:
            return SigningKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text.decode())))
        key = serialization.load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        problem = f"is no private Ed25519 key, in PEM or 64 hex digits: {_MAKE_ONE}"
        # Not from the library's own error, which may quote what it could not read.
        raise ConfigurationError(variable, problem) from None
    return SigningKey(key)


def _make(path: Path) -> None:
    """Make a key; of several processes that do so at once, one wins and all read its key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    content = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 (a descriptor has no path)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        move_to_free_name(beside, path)
    except FileExistsError:
        beside.unlink()
    sync_directory(path.parent)
