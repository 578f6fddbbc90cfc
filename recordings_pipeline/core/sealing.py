"""What is encrypted at rest: for whom, who opens it, and how such files are called.

The format is age (age-encryption.org): whoever holds the private key opens the files with any
program that knows it. The exporter needs public keys only, and then cannot read yesterday's calls.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recordings_pipeline.core.errors import ConfigurationError, PermanentError
from recordings_pipeline.core.secrets import Secret

VARIABLE = "RECORDINGS_AGE_RECIPIENTS"
IDENTITY, IDENTITY_FILE = "RECORDINGS_AGE_IDENTITY", "RECORDINGS_AGE_IDENTITY_FILE"
SUFFIX = ".age"
# What helps wherever something encrypted has to be read.
NEEDS_IDENTITY = f"set {IDENTITY_FILE} to the file with the private key"
# What `audio_channels` says of a file that nobody has listened to before, with why.
ENCRYPTED = "encrypted with age: "
CANNOT_HEAR = f"{ENCRYPTED}nobody here can listen to it"
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
_PRIVATE = "AGE-SECRET-KEY"


@dataclass(frozen=True, slots=True)
class Identity:
    """Where the private key is.

    Attributes:
        key: The key itself, or a file of age-keygen.
        name: The variable or option that named it.
    """

    key: Secret | Path
    name: str


@dataclass(frozen=True, slots=True)
class Keys:
    """For whom files are encrypted, and who opens them.

    Attributes:
        recipients: Public keys; none for no encryption.
        identity: None on a machine that cannot read what it has encrypted.
    """

    recipients: tuple[str, ...] = ()
    identity: Identity | None = None


@dataclass(eq=False)
class Locked(PermanentError):
    """Something is encrypted, and nobody here can read it; the problem says what helps."""

    what: str
    problem: str

    def __str__(self) -> str:
        return f"{self.what}: {self.problem}"


def keys_from(environ: Mapping[str, str]) -> Keys:
    """Read the settings of encryption; an empty variable counts as not set.

    Raises:
        ConfigurationError: One is wrong, or they contradict each other.
    """
    return Keys(_recipients(environ), _identity(environ))


def _recipients(given: Mapping[str, str]) -> tuple[str, ...]:
    words = [word.strip() for word in given.get(VARIABLE, "").split(",")]
    found = tuple(word for word in words if word)
    if any(word.upper().startswith(_PRIVATE) for word in found):
        # Not repeated in the message.
        raise ConfigurationError(
            VARIABLE, "holds a private key: take it away from this machine; public ones are age1…"
        )
    if not all(map(_RECIPIENT.fullmatch, found)):
        raise ConfigurationError(VARIABLE, "lists public keys of age-keygen, like age1…")
    return found


def _identity(given: Mapping[str, str]) -> Identity | None:
    plain, file = (given.get(name, "").strip() for name in (IDENTITY, IDENTITY_FILE))
    if plain and file:
        raise ConfigurationError(IDENTITY, f"and {IDENTITY_FILE} are both set: keep one")
    if plain and not plain.upper().startswith(_PRIVATE):
        problem = f"is no private key of age-keygen; a file with one is named by {IDENTITY_FILE}"
        raise ConfigurationError(IDENTITY, problem)
    if plain:
        return Identity(Secret(plain), IDENTITY)
    return Identity(Path(file), IDENTITY_FILE) if file else None


def is_sealed(path: str) -> bool:
    """Say whether a file is encrypted, by its name."""
    return path.endswith(SUFFIX)
