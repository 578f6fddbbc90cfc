"""A download in progress: bytes that may continue later, and what they belong to.

Beside ``<key>.part`` lies ``<key>.json``, its side record. A part without a readable side record,
or one that ends elsewhere than the record says it may, is dropped: nothing foreign is resumed.

Publishing is a hard link (or what `give_name` does without one) followed by the removal of the
part, so that an existing file is never replaced. The side record is removed last, after the ledger
knows: a run that died in between finds digest and name of the published file in it.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Self

from recordings_pipeline.core.containers import HEAD_BYTES
from recordings_pipeline.core.errors import NameTaken
from recordings_pipeline.core.transfer import Held
from recordings_pipeline.storage.durable import give_name, naming, publish_bytes, sync_directory

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Digest:
    """A finished file: its size in bytes, SHA-256 in lower-case hex, and first bytes."""

    size: int
    sha256: str
    head: bytes


@dataclass(frozen=True, slots=True)
class _SideRecord:
    etag: str | None
    total: int
    sha256: str | None = None
    name: str | None = None


class PartFile:
    """The part of one audio file; used by one thread at a time."""

    def __init__(self, folder: Path, key: str) -> None:
        self._part = folder / f"{key}.part"
        self._side = folder / f"{key}.json"
        self._record = _read(self._side)
        self._file = self._part.open("ab")
        if self._record is None or self.size > self._record.total:
            self._truncate(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with naming(self._part):
            self._file.close()

    @property
    def size(self) -> int:
        return self._file.tell()

    @property
    def held(self) -> Held:
        """What the next request may build on."""
        if self._record is None:
            return Held()
        return Held(self.size, self._record.etag, self._record.total)

    def begin(self, offset: int, total: int, etag: str | None) -> None:
        """Bind the part to some content and keep its first ``offset`` bytes."""
        record = _SideRecord(etag, total)
        if record != self._record:
            # The old bytes go before the new binding comes: a crash between the two leaves an
            # empty part, never old bytes under a new name.
            self._truncate(0 if offset == 0 else self.size)
            self._record = record
            self._save()
        self._truncate(offset)

    def append(self, data: bytes) -> None:
        with naming(self._part):
            self._file.write(data)

    def drop(self) -> None:
        """Forget the content: the next request starts over."""
        self._truncate(0)
        self._side.unlink(missing_ok=True)
        self._record = None

    def digest(self) -> Digest:
        """Sync the file and read it back as a whole: a resumed file is proved like any other."""
        with naming(self._part):
            self._file.flush()
            os.fsync(self._file.fileno())
        return digest_of(self._part)

    def keep(self, digest: Digest, name: PurePosixPath | None = None) -> None:
        """Remember that the part is whole and verified, and the name it is about to get."""
        etag = self._record.etag if self._record else None
        self._record = _SideRecord(etag, digest.size, digest.sha256, str(name) if name else None)
        self._save()

    def publish(self, root: Path, name: PurePosixPath, digest: Digest) -> None:
        """Give the finished part its final name below ``root``; once more does nothing.

        Raises:
            NameTaken: Something else has that name; nothing was replaced.
        """
        target = root / name
        self.keep(digest, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            give_name(self._part, target)
        except FileExistsError:
            if digest_of(target).sha256 != digest.sha256:
                raise NameTaken(str(name)) from None
        sync_directory(target.parent)

    def proved(self, root: Path) -> Digest | None:
        """Return the digest of what an earlier run verified, published or not; None without it."""
        if self._record is None or self._record.sha256 is None:
            return None
        names = (
            [self._part] if self._record.name is None else [root / self._record.name, self._part]
        )
        found = (digest_of(path) for path in names if path.is_file())
        return next((digest for digest in found if digest.sha256 == self._record.sha256), None)

    def recorded(self) -> None:
        """Remove what is left of the part: the ledger knows the published file now."""
        self._part.unlink(missing_ok=True)
        self._side.unlink(missing_ok=True)

    def quarantine(self, target: Path) -> None:
        """Move bytes that cannot be trusted aside, for a person to look at."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with naming(self._part):
            self._file.flush()
        if self.size:
            self._part.replace(target)
        else:
            self._part.unlink(missing_ok=True)
        self._side.unlink(missing_ok=True)

    def _truncate(self, size: int) -> None:
        with naming(self._part):
            self._file.flush()
            self._file.truncate(size)
            self._file.seek(0, os.SEEK_END)

    def _save(self) -> None:
        if self._record is not None:
            publish_bytes(self._side, json.dumps(asdict(self._record)).encode())


def digest_of(path: Path) -> Digest:
    """Read a file once and return its digest; bounded memory."""
    sha256 = hashlib.sha256()
    size, head = 0, b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            head = head or block[:HEAD_BYTES]
            size += len(block)
            sha256.update(block)
    return Digest(size, sha256.hexdigest(), head)


def _read(side: Path) -> _SideRecord | None:
    try:
        record = _SideRecord(**json.loads(side.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return record if isinstance(record.total, int) else None
