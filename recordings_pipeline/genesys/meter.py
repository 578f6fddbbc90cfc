"""What an organization was asked for and what came: counted where it happens.

So that a stage that fails half-way is counted as well.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from threading import get_ident

from recordings_pipeline.core.histogram import DOWNLOAD_S, FILE_BYTES, SOUND_S
from recordings_pipeline.core.throughput import Throughput, Waits
from recordings_pipeline.core.timeline import FIRST_WIDTH_S, Timeline, together, widened, width_for


class Meter:
    """Counts for all threads that share a client."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._began = clock()
        self._calls: Counter[str] = Counter()
        self._waits = Waits()
        self._rate_limited = 0
        self._resumed = 0
        self._file_bytes, self._sound_s, self._download_s = FILE_BYTES, SOUND_S, DOWNLOAD_S
        # Blocks come ten thousand times a second, so that each thread counts on its own, without a
        # lock. The system gives the number of a thread that has ended to a later one, which goes
        # on with its counts: they are as many as threads ever ran at once.
        self._received: dict[int, _Received] = {}

    def called(self, route: str) -> None:
        """Count a request by method and path template."""
        with self._lock:
            self._calls[route] += 1

    def waited(self, waits: Waits) -> None:
        with self._lock:
            self._waits += waits

    def rate_limited(self) -> None:
        with self._lock:
            self._rate_limited += 1

    def received(self, count: int, now: float | None = None) -> None:
        """Count bytes of media and transcripts, whether or not their file is ever whole.

        Args:
            count: How many.
            now: The monotonic instant, from who knows it anyway.
        """
        thread, at_s = get_ident(), (self._clock() if now is None else now) - self._began
        mine = self._received.get(thread)
        if mine is None:
            mine = self._received[thread] = _Received()
        if at_s >= mine.until_s:
            mine.reach(at_s)
        mine.counts[-1] += count

    def resumed(self) -> None:
        with self._lock:
            self._resumed += 1

    def published(self, size_bytes: int, sound_s: float | None, download_s: float) -> None:
        """Count an audio file that got its name; None for a length that nobody knows."""
        with self._lock:
            self._file_bytes = self._file_bytes.having(size_bytes)
            self._download_s = self._download_s.having(download_s)
            if sound_s is not None:
                self._sound_s = self._sound_s.having(sound_s)

    def reading(self) -> Throughput:
        """Return the counters so far; subtract two readings to measure a phase."""
        with self._lock:
            threads = [received.timeline for received in list(self._received.values())]
            timeline = together(threads, self._clock() - self._began)
            return Throughput(
                bytes_moved=timeline.bytes_moved,
                resumed_count=self._resumed,
                calls_by_route=dict(self._calls),
                waits=self._waits,
                rate_limited_count=self._rate_limited,
                file_bytes=self._file_bytes,
                sound_s=self._sound_s,
                download_s=self._download_s,
                timeline=timeline,
            )


class _Received:
    """What one thread received: changed by it alone, read by anyone.

    Attributes:
        counts: By interval; the last one is the present.
        until_s: When the present interval ends.
    """

    __slots__ = ("_kept", "counts", "until_s")

    def __init__(self) -> None:
        self._keep(FIRST_WIDTH_S, [0])

    @property
    def timeline(self) -> Timeline:
        width_s, counts = self._kept
        return Timeline(width_s, tuple(counts))

    def reach(self, at_s: float) -> None:
        """Begin the interval of an instant."""
        width_s = width_for(at_s, self._kept[0])
        counts = list(widened(self.timeline, width_s).counts)
        counts += [0] * (int(at_s / width_s) + 1 - len(counts))
        self._keep(width_s, counts)

    def _keep(self, width_s: float, counts: list[int]) -> None:
        # Replaced together, or a reader would see the counts of one width with another.
        self._kept = (width_s, counts)
        self.counts, self.until_s = counts, len(counts) * width_s
