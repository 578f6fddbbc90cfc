"""The head of the log in a second directory: who can write one of them cannot write the other.

`head.json` is the manifest's last line as it was sealed, and the key that signed it lies beside.
It only ever moves forward.
"""

from pathlib import Path

from recordings_pipeline.core.audit.errors import AuditBroken
from recordings_pipeline.core.audit.findings import head_findings, manifest_of
from recordings_pipeline.core.audit.keeping import ANCHOR_DIR
from recordings_pipeline.core.audit.manifest import Entry, Head, entry_from, line_digest
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.storage.audit.log import AuditLog
from recordings_pipeline.storage.durable import publish_bytes
from recordings_pipeline.storage.home import require_closed

HEAD = "head.json"


def anchored_head(folder: Path) -> Head | None:
    """Return the head that a directory keeps; None where it keeps none.

    Raises:
        ConfigurationError: It keeps something else, or may not be read.
    """
    path = folder / HEAD
    try:
        line = path.read_bytes().removesuffix(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(ANCHOR_DIR, f"cannot be read: {path}: {error.strerror}") from None
    if (entry := entry_from(line)) is None:
        problem = f"holds a file that is no head: {path}: see who changed it, and move it away"
        raise ConfigurationError(ANCHOR_DIR, problem)
    return Head(entry.number, line_digest(line))


def require_head(folder: Path, log: AuditLog, known: Head | None) -> None:
    """Refuse to go on with a log that does not hold what the second directory keeps.

    Args:
        folder: The directory.
        log: The log.
        known: A head that is in the log for certain: most of the time it is the one that is kept,
            and the manifest need not be read.

    Raises:
        AuditBroken: The log does not hold what was kept.
        ConfigurationError: The directory keeps something else, or may not be read.
    """
    kept = anchored_head(folder)
    if kept is not None and kept != known:
        for finding in head_findings(manifest_of(log.lines()), kept, str(folder / HEAD)):
            raise AuditBroken(finding.name, f"does not fit: {finding.cause}")


def keep_head(folder: Path, last: tuple[Entry, bytes] | None, pem: bytes) -> None:
    """Bring the second directory up to the log, which holds what is kept there.

    Args:
        folder: The directory.
        last: The log's last entry with its line; None where nothing was ever sealed.
        pem: The public key that goes with it.

    Raises:
        ConfigurationError: The directory cannot be written, or everybody may write it, or it keeps
            something else.
    """
    require_closed(folder, ANCHOR_DIR)
    kept = anchored_head(folder)
    if last is None or kept == Head(last[0].number, line_digest(last[1])):
        return
    entry, line = last
    try:
        publish_bytes(folder / f"{entry.key}.pem", pem)
        publish_bytes(folder / HEAD, line + b"\n")
    except OSError as error:
        problem = f"cannot be written: {folder}: {error.strerror}; the log itself is sealed"
        raise ConfigurationError(ANCHOR_DIR, problem) from None
