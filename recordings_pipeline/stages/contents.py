"""Is in encrypted files what was put there? For whoever has the private key."""

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import ConfigurationError, Interrupted
from recordings_pipeline.core.sealing import IDENTITY_FILE, Identity
from recordings_pipeline.core.verification import Cause, Fault, Verification
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage.age_files import OTHER_KEY, CannotOpen, decrypt_into
from recordings_pipeline.storage.age_keys import require_keys


def require_identity(archive: Archive) -> Identity:
    """Return the private key.

    Raises:
        ConfigurationError: There is none, or it cannot be used.
    """
    identity = archive.keys.identity
    if identity is None:
        problem = "is not set: name the file with the private key, or leave --decrypt out"
        raise ConfigurationError(IDENTITY_FILE, problem)
    require_keys(identity)
    return identity


def verify_contents(archive: Archive, day: Day, identity: Identity) -> Verification:
    """Open every encrypted file of a day, and compare SHA-256 of what is in it; nothing is kept.

    Files that are gone are not named here: `verify` does.
    """
    faults = tuple(_faults(archive, day, identity))
    return Verification(counts=Counter(fault.cause for fault in faults), faults=faults)


def _faults(archive: Archive, day: Day, identity: Identity) -> Iterator[Fault]:
    for id_, path, sha256 in _sealed(archive, day):
        if archive.stop.is_set():
            raise Interrupted
        try:
            found = decrypt_into(archive.home.path(PurePosixPath(path)), _Nothing(), identity)
        except CannotOpen as error:
            cause = Cause.LOCKED if error.problem == OTHER_KEY else Cause.CONTENT
            yield Fault(day, id_, path, cause, error.problem)
        except OSError:
            continue
        else:
            if found.sha256 != sha256:
                detail = f"{found.sha256} instead of {sha256}"
                yield Fault(day, id_, path, Cause.CONTENT, detail)


def _sealed(archive: Archive, day: Day) -> Iterator[tuple[str, str, str]]:
    """Yield recording, path, and SHA-256 of what is in it."""
    for file in archive.ledger.seals.done(day):
        yield file.recording_id, file.path, file.sha256
    for page in archive.ledger.raws.pages(day):
        for raw in page:
            yield raw.recording_id or raw.conversation_id, raw.path, raw.plain.sha256


class _Nothing:
    """Takes bytes and keeps none."""

    def write(self, data: bytes, /) -> int:
        return len(data)

    def flush(self) -> None:
        pass
