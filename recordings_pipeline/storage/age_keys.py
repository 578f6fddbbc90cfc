"""Keys of age: public ones of the settings, private ones of a file that only its owner reads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.sealing import VARIABLE, Identity
from recordings_pipeline.core.secrets import Secret

_OTHERS = 0o077


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


def public_keys(recipients: Sequence[str]) -> list[Any]:
    """Return keys that files are encrypted for."""
    age = imported()
    return [age.x25519.Recipient.from_str(text) for text in recipients]


def private_keys(identity: Identity) -> list[Any]:
    """Read the keys that open files; they are not kept, and not shown.

    Raises:
        ConfigurationError: Others can read the file, it cannot be read, or holds none.
    """
    age, name = imported(), identity.name
    secret = identity.key if isinstance(identity.key, Secret) else _content(identity.key, name)
    lines = [line.strip() for line in secret.reveal().splitlines()]
    try:
        keys = [age.x25519.Identity.from_str(ln) for ln in lines if ln and not ln.startswith("#")]
    except age.IdentityError:
        keys = []
    if not keys:
        # Not from the library's own error, which may quote what it could not read.
        where = f": {identity.key}" if isinstance(identity.key, Path) else ""
        raise ConfigurationError(name, f"is no private key of age-keygen{where}")
    return keys


def require_keys(identity: Identity) -> None:
    """Make sure that there is a private key.

    Raises:
        ConfigurationError: There is none.
    """
    private_keys(identity)


def _content(path: Path, name: str) -> Secret:
    try:
        if path.stat().st_mode & _OTHERS:
            raise ConfigurationError(name, f"can be read by others: chmod 600 {path}")
        return Secret(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        raise ConfigurationError(name, f"cannot be read: {path}: {why}") from None
