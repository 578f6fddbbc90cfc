"""Where everything lies: a directory, and the ledger in it or in a PostgreSQL database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.secrets import LEDGER_URL, Secret

_POSTGRES = re.compile(r"postgresql(\+psycopg)?://")


@dataclass(frozen=True, slots=True)
class Place:
    """A data directory and its ledger.

    Attributes:
        root: The directory.
        ledger_url: Address of the database that holds the ledger, with its password; None for a
            file in the directory.
    """

    root: Path
    ledger_url: Secret | None = None


# A path alone is a directory with its ledger in it.
Where = Path | Place


def place_from(environ: Mapping[str, str], data: Path | None = None) -> Place:
    """Read where everything lies; a directory that somebody named comes before the variable.

    Raises:
        ConfigurationError: The address of the ledger is none.
    """
    return Place(data or data_directory(environ), ledger_url(environ))


def data_directory(environ: Mapping[str, str]) -> Path:
    """Return the directory everything is written under."""
    return Path(environ.get("RECORDINGS_DATA", "").strip() or "data")


def ledger_url(environ: Mapping[str, str]) -> Secret | None:
    """Return the address of the ledger's database; None for a file in the data directory.

    Raises:
        ConfigurationError: It is no address of PostgreSQL; the message does not quote it.
    """
    text = environ.get(LEDGER_URL, "").strip()
    if not text:
        return None
    if not _POSTGRES.match(text):
        problem = "is no address like postgresql://user:password@host/database?sslmode=verify-full"
        raise ConfigurationError(LEDGER_URL, problem)
    return Secret(text)
