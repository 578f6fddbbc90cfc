"""What a person can set about the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.secrets import Secret

KEY, KEY_FILE = "RECORDINGS_AUDIT_KEY", "RECORDINGS_AUDIT_KEY_FILE"
ANCHOR_DIR = "RECORDINGS_AUDIT_ANCHOR_DIR"


@dataclass(frozen=True, slots=True)
class Keeping:
    """How the audit log is kept.

    Attributes:
        key: The private key, or its file; None for the usual file.
        anchor: A second directory, where the log's head is kept as well.
    """

    key: Secret | Path | None = None
    anchor: Path | None = None


def keeping_from(environ: Mapping[str, str]) -> Keeping:
    """Read the settings of the audit log; an empty variable counts as not set.

    Raises:
        ConfigurationError: They contradict each other.
    """
    plain, file, anchor = (environ.get(name, "").strip() for name in (KEY, KEY_FILE, ANCHOR_DIR))
    if plain and file:
        raise ConfigurationError(KEY, f"and {KEY_FILE} are both set: keep one")
    key = Secret(plain) if plain else Path(file) if file else None
    return Keeping(key, Path(anchor) if anchor else None)
