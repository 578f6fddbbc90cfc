"""Who types a command: for the audit log, and for what takes two people."""

import os
import pwd
from pathlib import Path

from recordings_pipeline.core.holding import Person, checked_name

_LOGIN_ID = Path("/proc/self/loginuid")
_NOBODY = 2**32 - 1


def operator(claimed: str | None = None) -> Person:
    """Name the person who logged in, as far as the system knows, and what he calls himself.

    The login's user survives sudo, where Linux keeps it; else it is the user of this process. Who
    may act as another user may claim to be him: it is evidence, and no proof.

    Raises:
        ConfigurationError: The claimed name is none.
    """
    number = os.getuid()
    try:
        login = int(_LOGIN_ID.read_text())
    except (OSError, ValueError):
        login = _NOBODY
    name = _name(number if login == _NOBODY else login)
    return Person(name, checked_name(claimed) if claimed else "")


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"
