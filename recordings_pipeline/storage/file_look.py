"""Looking at a file nobody vouches for: never blocked by it, and without a trace in the cache."""

import hashlib
import os
import threading
from pathlib import Path

from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.file_kinds import FILE, kind_of
from recordings_pipeline.core.verification import Look

# hashlib lets go of the interpreter lock; 64 KiB to 1 MiB are equally fast, fewer calls are better.
_BLOCK_BYTES = 1 << 20
# A link is not followed, and a FIFO that came after the first look does not keep us.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class FileReader:
    """Looks at files from several threads, each with a block of its own."""

    def __init__(self, stop: threading.Event) -> None:
        """Read until ``stop`` is set."""
        self._stop = stop
        self._local = threading.local()

    def look(self, path: Path | str, size_bytes: int, *, is_hashed: bool = True) -> Look:
        """Say what has a name; only a regular file of the right size is opened and hashed.

        Args:
            path: Where it should lie.
            size_bytes: What it should have.
            is_hashed: Whether to read it at all.

        Raises:
            Interrupted: A person asked to stop.
        """
        try:
            seen = _look_of(os.lstat(path))
            if not is_hashed or seen.kind != FILE or seen.size_bytes != size_bytes:
                return seen
            return self._hashed(path)
        except FileNotFoundError:
            return Look()
        except OSError as error:
            return Look(kind=FILE, problem=error.strerror or type(error).__name__)

    def _hashed(self, path: Path | str) -> Look:
        descriptor = os.open(path, _FLAGS)
        try:
            seen = _look_of(os.fstat(descriptor))
            if seen.kind != FILE:
                return seen
            _advise(descriptor, "POSIX_FADV_SEQUENTIAL")
            sha256, size, block = hashlib.sha256(), 0, self._block()
            while count := os.readv(descriptor, [block]):
                sha256.update(block[:count])
                size += count
                if self._stop.is_set():
                    raise Interrupted
            return Look(FILE, size, sha256.hexdigest())
        finally:
            # An archive is larger than memory: kept, it would drive out what others need.
            _advise(descriptor, "POSIX_FADV_DONTNEED")
            os.close(descriptor)

    def _block(self) -> memoryview:
        if not hasattr(self._local, "block"):
            self._local.block = memoryview(bytearray(_BLOCK_BYTES))
        block: memoryview = self._local.block
        return block


def _look_of(status: os.stat_result) -> Look:
    return Look(kind_of(status.st_mode), status.st_size)


def _advise(descriptor: int, advice: str) -> None:
    """Tell the kernel what will be read; macOS has no way to."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, getattr(os, advice))
