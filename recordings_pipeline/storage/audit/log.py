"""The files of the log: segments that never change, and the manifest, which only grows."""

import os
from collections.abc import Iterator
from pathlib import Path

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.errors import AuditBroken
from recordings_pipeline.core.audit.findings import MANIFEST
from recordings_pipeline.core.audit.manifest import Entry, entry_from, segment_name
from recordings_pipeline.storage.durable import naming, publish_bytes, sync_directory

_READ_ONLY = 0o400
_TAIL_BYTES = 1 << 16


class AuditLog:
    """The log below a data directory; who writes it holds its lock."""

    def __init__(self, root: Path) -> None:
        self._segments = root / layout.AUDIT_SEGMENTS
        self._keys = root / layout.AUDIT_KEYS
        self._manifest = root / layout.AUDIT_MANIFEST

    def lines(self) -> list[bytes]:
        """Return the manifest's lines; what a crash tore off the last one counts as none."""
        try:
            content = self._manifest.read_bytes()
        except FileNotFoundError:
            return []
        return content[: content.rfind(b"\n") + 1].splitlines()

    def content(self, number: int) -> bytes | None:
        """Return a segment's bytes; None where there is no file, or it is no plain file."""
        return self._read(number, None)

    def last_line(self, number: int) -> bytes | None:
        """Return how a segment ends; most of it, which is large, is not read."""
        tail = self._read(number, _TAIL_BYTES)
        return None if tail is None else tail.removesuffix(b"\n").rpartition(b"\n")[2]

    def _read(self, number: int, most: int | None) -> bytes | None:
        """Read a segment, or so many of its last bytes."""
        try:
            descriptor = os.open(self._path(number), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        with open(descriptor, "rb") as file:  # noqa: PTH123 (a descriptor has no path)
            if most is not None:
                file.seek(max(os.fstat(descriptor).st_size - most, 0))
            return file.read()

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of the segments that have a file."""
        for path in self._segments.glob("*.jsonl"):
            if path.stem.isdecimal() and path.name == segment_name(int(path.stem)):
                yield int(path.stem)

    def mended_tail(self) -> tuple[Entry, bytes] | None:
        """Cut off what a crash has torn, and return the last entry with its line; None for none.

        Raises:
            AuditBroken: What it ends with is none of ours.
        """
        if not self._manifest.exists():
            return None
        with naming(self._manifest), self._manifest.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - _TAIL_BYTES, 0))
            tail = file.read()
            whole = tail[: tail.rfind(b"\n") + 1]
            if not whole and size > len(tail):
                raise AuditBroken(MANIFEST, "ends with what is none of ours")
            if whole != tail:
                file.truncate(size - len(tail) + len(whole))
                os.fsync(file.fileno())
        if not whole:
            return None
        line = whole.splitlines()[-1]
        if (entry := entry_from(line)) is None:
            raise AuditBroken(MANIFEST, "ends with what is none of ours")
        return entry, line

    def write_segment(self, number: int, content: bytes) -> None:
        """Publish a segment as a whole; one without its line in the manifest is replaced."""
        path = self._path(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        beside.unlink(missing_ok=True)
        with naming(path):
            descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _READ_ONLY)
            with open(descriptor, "wb") as file:  # noqa: PTH123 (a descriptor has no path)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            sync_directory(path.parent)

    def add_line(self, line: bytes) -> None:
        """Add a line to the manifest: with it the segment counts as sealed."""
        is_new = not self._manifest.exists()
        with naming(self._manifest), self._manifest.open("ab") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_directory(self._manifest.parent)

    def publish_key(self, id_: str, pem: bytes) -> None:
        """Publish a public key, for whoever verifies the log without us."""
        path = self._keys / f"{id_}.pem"
        if not path.exists():
            publish_bytes(path, pem)

    def _path(self, number: int) -> Path:
        return self._segments / segment_name(number)
