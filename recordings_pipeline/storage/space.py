"""Room on the disk for what is on its way: promised before a byte is written, never used twice."""

import shutil
import threading
from pathlib import Path

from recordings_pipeline.core.errors import StorageFailed
from recordings_pipeline.storage.durable import FREE_SPACE


class Space:
    """Hands out what is free above a reserve; threads share it."""

    def __init__(self, root: Path, reserve_bytes: int) -> None:
        self._root = root
        self._reserve_bytes = reserve_bytes
        self._lock = threading.Lock()
        self._promised = 0

    def claim(self, count: int) -> None:
        """Promise room for ``count`` more bytes.

        Raises:
            StorageFailed: The reserve would be touched; nothing was promised.
        """
        with self._lock:
            left = shutil.disk_usage(self._root).free - self._promised - count
            if left < self._reserve_bytes:
                raise StorageFailed(
                    "the data directory",
                    f"{count} more bytes would leave less than the reserve of "
                    f"{self._reserve_bytes} bytes (RECORDINGS_RESERVE_GB)",
                    FREE_SPACE,
                )
            self._promised += count

    def release(self, count: int) -> None:
        """Take back a promise: the bytes are written, or will not come."""
        with self._lock:
            self._promised -= count
