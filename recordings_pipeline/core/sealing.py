"""Audio encrypted at rest: for whom, and how such files are called.

The format is age (age-encryption.org): whoever holds the private key opens the files with any
program that knows it. The exporter has public keys only, and cannot read yesterday's calls.
"""

import re
from collections.abc import Mapping

from recordings_pipeline.core.errors import ConfigurationError

VARIABLE = "RECORDINGS_AGE_RECIPIENTS"
SUFFIX = ".age"
# What `audio_channels` says of a file that nobody has listened to before.
CANNOT_HEAR = "encrypted with age: nobody here can listen to it"
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")


def recipients_from(given: Mapping[str, str]) -> tuple[str, ...]:
    """Return the public keys that audio is encrypted for; none for no encryption.

    Raises:
        ConfigurationError: One of them is none; a private key is not repeated in the message.
    """
    words = [word.strip() for word in given.get(VARIABLE, "").split(",")]
    found = tuple(word for word in words if word)
    if any(word.upper().startswith("AGE-SECRET-KEY") for word in found):
        raise ConfigurationError(
            VARIABLE, "holds a private key: take it away from this machine; public ones are age1…"
        )
    if not all(map(_RECIPIENT.fullmatch, found)):
        raise ConfigurationError(VARIABLE, "lists public keys of age-keygen, like age1…")
    return found


def is_sealed(path: str) -> bool:
    """Say whether a file is encrypted, by its name."""
    return path.endswith(SUFFIX)
