"""Opens what is encrypted, for whoever has the private key; ours stays as it is."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.sealing import (
    NEEDS_IDENTITY,
    SUFFIX,
    Identity,
    Keys,
    Locked,
    is_sealed,
)
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.conversation import Place, place_of
from recordings_pipeline.storage.age_files import CannotOpen, OtherBytes, decrypt, opened
from recordings_pipeline.storage.home import Home

# Told, as a sentence, what somebody asked for and does not get.
Say = Callable[[str], None]


def nobody(_sentence: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class _Sealed:
    """An encrypted file, and SHA-256 of what is in it."""

    path: PurePosixPath
    sha256: str


def unseal(archive: Archive, id_: str, folder: Path) -> list[Path]:
    """Decrypt audio and raw answers of a conversation, or of a recording, into a folder.

    Raises:
        ConfigurationError: Nothing of it is encrypted, the target exists, or there is no key.
        Locked: A file cannot be opened, or is not what it was.
    """
    identity = _identity(archive)
    done = []
    for file in _sealed(archive, place_of(archive, id_, None)):
        target = folder / file.path.name.removesuffix(SUFFIX)
        _decrypt(archive.home, file, target, identity)
        done.append(target)
    if not done:
        raise ConfigurationError(id_, "has nothing that is encrypted")
    return done


@contextmanager
def readable(home: Home, keys: Keys, path: str) -> Generator[Path]:
    """Give a file as whoever reads it wants it: as it is, or opened for as long as it is read.

    Args:
        home: The data directory.
        keys: Who opens it.
        path: Relative to the data directory.

    Raises:
        Locked: It is encrypted, and nobody here can open it.
        OSError: It cannot be read.
    """
    source = home.path(PurePosixPath(path))
    if not is_sealed(path):
        yield source
        return
    if keys.identity is None:
        raise Locked(path, f"is encrypted: {NEEDS_IDENTITY}")
    with ExitStack() as stack:
        try:
            file = opened(source, home.path(layout.STAGING), keys.identity)
            plain = stack.enter_context(file)
        except CannotOpen as error:
            raise Locked(path, error.problem) from None
        yield plain


def _identity(archive: Archive) -> Identity:
    if archive.keys.identity is None:
        raise ConfigurationError("--identity", f"is missing: name the file, or {NEEDS_IDENTITY}")
    return archive.keys.identity


def _sealed(archive: Archive, place: Place) -> Iterator[_Sealed]:
    ids = archive.ledger.erasures.recordings_of([place.conversation_id])
    chosen = [place.recording_id] if place.recording_id else [*ids.get(place.conversation_id, ())]
    for file in archive.ledger.seals.of(chosen):
        yield _Sealed(PurePosixPath(file.path), file.sha256)
    for raw in archive.ledger.raws.of_conversation(place.conversation_id):
        if place.recording_id in (None, raw.recording_id):
            yield _Sealed(PurePosixPath(raw.path), raw.plain.sha256)


def _decrypt(home: Home, file: _Sealed, target: Path, identity: Identity) -> None:
    what = str(file.path)
    try:
        decrypt(home.path(file.path), target, identity, file.sha256)
    except OtherBytes:
        raise Locked(what, "is not what it was when it was encrypted") from None
    except CannotOpen as error:
        raise Locked(what, error.problem) from None
    except FileExistsError:
        raise ConfigurationError("--output", f"holds {target.name} already: move it away") from None
    except FileNotFoundError:
        raise Locked(what, "is not there any more: see recordings-pipeline verify") from None
