"""A download in progress: bytes that may continue later, and what they belong to.

Beside ``<key>.part`` lies ``<key>.json``, its side record: whose content it is, and the SHA-256 of
so many first bytes. A part is continued only after they were read back and hashed to the same
digest; whatever else lies there is dropped, so that nothing foreign is ever resumed. Side records
are not synced: one that a power cut takes costs a repeated download, never a wrong one. A part has
none in its first second, and one of at most a block none at all: fetching it again costs less.

Publishing moves the part to its final name and never replaces what has that name. Before that, a
record of its group says digest and name, for the next run if this one dies; it is removed last,
after the ledger knows.
"""

import hashlib
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Self

from recordings_pipeline.core.errors import NameTaken
from recordings_pipeline.core.probes.sound import Sound
from recordings_pipeline.core.transfer import Held
from recordings_pipeline.storage.digests import Digest, continued, digest_of
from recordings_pipeline.storage.durable import is_regular, move_to_free_name, naming
from recordings_pipeline.storage.group_record import GroupRecord
from recordings_pipeline.storage.side_record import SideRecord, boot_id, read_record, write_record
from recordings_pipeline.storage.sound_file import examine

# TLS hands over 16 KiB at a time; hashing and writing a quarter of a MiB costs a sixth less. A file
# that is no larger comes to the disk in one piece, when it is whole.
BLOCK_BYTES = 256 * 1024
# What a power cut may cost of each download on its way.
CHECKPOINT_BYTES = 4 * 1024 * 1024


@dataclass(slots=True)
class PartCost:
    """Seconds that one part took: of hashing, and of the disk."""

    hashing_s: float = 0.0
    disk_s: float = 0.0


class PartFile:
    """The part of one audio file; used by one thread at a time, and handed on between them."""

    def __init__(self, folder: Path, key: str, *, is_new: bool = False) -> None:
        """Open a part; ``is_new`` says that none was left, and saves a look at the disk."""
        self._key = key
        self._part = folder / f"{key}.part"
        self._side = folder / f"{key}.json"
        self._descriptor: int | None = None
        self._buffer = bytearray()
        self._hash = hashlib.sha256()
        self._written = self._checkpoint = 0
        self._has_side = not is_new
        self.group: GroupRecord | None = None
        self.cost = PartCost()
        self.record = None if is_new else read_record(self._side, key)
        if self.record is not None and self.record.name is None:
            self._recover(self.record)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.park()

    @property
    def size(self) -> int:
        return self._written + len(self._buffer)

    @property
    def held(self) -> Held:
        """What the next request may build on."""
        if self.record is None:
            return Held()
        return Held(self.size, self.record.etag, self.record.total)

    def begin(self, offset: int, total: int, etag: str | None) -> None:
        """Bind the part to some content and keep its first ``offset`` bytes: all, or none."""
        before = self.record
        is_same = before is not None and (before.etag, before.total) == (etag, total)
        attempt = before.attempt + 1 if before is not None and is_same else 1
        if offset == 0 or offset != self.size:
            self._empty()
        self.record = SideRecord(self._key, etag, total, attempt=attempt)
        if total > BLOCK_BYTES:
            self._open()
            if self._has_side:
                self._save_prefix()

    def append(self, data: bytes | memoryview) -> None:
        if not self._buffer and len(data) >= BLOCK_BYTES:
            self._write(data)
            return
        self._buffer += data
        if len(self._buffer) >= BLOCK_BYTES:
            self._flush()

    def checkpoint(self) -> None:
        """Hand what has gathered to the system, so that a kill does not cost it."""
        self._flush()
        if self.size > BLOCK_BYTES and not self._has_side:
            self._save_prefix()

    def _flush(self) -> None:
        if self._buffer:
            block, self._buffer = self._buffer, bytearray()
            self._write(block)

    def drop(self) -> None:
        """Forget the content: the next request starts over."""
        self._empty()
        self.recorded()

    def written(self) -> tuple[int, Path]:
        """Hand every byte to the system; return the open file and its path, to be synced."""
        self._flush()
        return self._open(), self._part

    @property
    def digest(self) -> Digest:
        """Size and digest of all that was handed to the system."""
        return Digest(self._written, self._hash.hexdigest())

    def examined(self, root: Path) -> Sound:
        """Say what the whole file is, wherever its bytes lie by now."""
        if self._descriptor is not None:
            return examine(self._descriptor, self._written)
        name = self.record.name if self.record is not None else None
        is_published = name is not None and not self._part.is_file()
        return examine(root / str(name) if is_published else self._part)

    def park(self) -> None:
        """Leave the part so that a later run continues it; without bytes nothing is left."""
        if self.record is not None and self.record.name is None:
            if self.size and self.record.etag is not None:
                self._flush()
                self._save_prefix()
            else:
                self.recorded()
        self._close()

    def verified(self, digest: Digest, name: PurePosixPath) -> None:
        """Hear that the part is whole, and its name to be; `parts.keep_group` remembers it."""
        record = self.record or SideRecord(self._key, None, digest.size)
        self.record = replace(record, size=digest.size, sha256=digest.sha256, name=str(name))

    def publish(self, root: Path, name: PurePosixPath, digest: Digest) -> Path:
        """Give the finished part its final name below ``root``; once more does nothing.

        Returns:
            The directory of the name, for the caller to sync.

        Raises:
            NameTaken: Something else has that name; nothing was replaced.
        """
        target = root / name
        started = time.perf_counter()
        self._close()
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            move_to_free_name(self._part, target)
        except FileExistsError:
            if not is_regular(target) or digest_of(target).sha256 != digest.sha256:
                raise NameTaken(str(name)) from None
            self._part.unlink()
        except FileNotFoundError:
            if not target.is_file():  # published by a run that died before it could say so
                raise
        self.cost.disk_s += time.perf_counter() - started
        return target.parent

    def proved(self, root: Path) -> Digest | None:
        """Return the digest of what an earlier run verified, published or not; None without it."""
        if self.record is None or self.record.name is None:
            return None
        for path in (root / self.record.name, self._part):
            if path.is_file() and (digest := digest_of(path)).sha256 == self.record.sha256:
                return digest
        self.drop()
        return None

    def forget(self) -> None:
        """Remove its records: the ledger knows the published file now."""
        if self._has_side:
            self._side.unlink(missing_ok=True)
            self._has_side = False
        if self.group is not None:
            self.group.forget(self._key)
            self.group = None

    def recorded(self) -> None:
        """Remove whatever is left of the part."""
        self._close()
        self.record = None
        self._part.unlink(missing_ok=True)
        self.forget()

    def quarantine(self, target: Path) -> None:
        """Move bytes that cannot be trusted aside, for a person to look at."""
        target.parent.mkdir(parents=True, exist_ok=True)
        self._flush()
        self._close()
        if self._part.exists() and self._part.stat().st_size:
            self._part.replace(target)
        self.recorded()

    def _recover(self, record: SideRecord) -> None:
        """Take over the bytes that the record speaks of, if they still have its digest.

        What was written after them is taken as well as long as the machine has not been restarted:
        a kill takes nothing that was handed to the system, a power cut may leave anything there.
        """
        try:
            self._descriptor = os.open(self._part, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            self.drop()
            return
        count = continued(self._descriptor, self._hash, record.size)
        if count < record.size or self._hash.hexdigest() != record.sha256:
            self.drop()
            return
        self._written = self._checkpoint = record.size
        if record.boot == boot_id():
            self._written += continued(self._descriptor, self._hash, record.total - record.size)
        with naming(self._part):
            os.ftruncate(self._descriptor, self._written)
            os.lseek(self._descriptor, self._written, os.SEEK_SET)

    def _open(self) -> int:
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
            with naming(self._part):
                self._descriptor = os.open(self._part, flags, 0o666)
        return self._descriptor

    def _close(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def _empty(self) -> None:
        self._buffer.clear()
        self._hash = hashlib.sha256()
        self._written = self._checkpoint = 0
        self._close()  # opened again, it is truncated

    def _write(self, block: bytes | bytearray | memoryview) -> None:
        began = time.perf_counter()
        self._hash.update(block)
        hashed = time.perf_counter()
        left = memoryview(block)
        descriptor = self._open()
        with naming(self._part):
            while left:
                left = left[os.write(descriptor, left) :]
        self._written += len(block)
        self.cost.hashing_s += hashed - began
        self.cost.disk_s += time.perf_counter() - hashed
        if self._written - self._checkpoint >= CHECKPOINT_BYTES:
            self._save_prefix()

    def _save_prefix(self) -> None:
        if self.record is not None and self.record.etag is not None:
            self._checkpoint = self._written
            digest = self._hash.hexdigest()
            self._save(replace(self.record, size=self._written, sha256=digest, name=None))

    def _save(self, record: SideRecord) -> None:
        self.record = record
        self._has_side = True
        write_record(self._side, record)
