"""How much moved, how fast, and what it cost: numbers of SI, seconds by the monotonic clock."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from typing import Self

from recordings_pipeline.core.histogram import DOWNLOAD_S, FILE_BYTES, SOUND_S, Histogram
from recordings_pipeline.core.quantities import BYTES_PER_MB
from recordings_pipeline.core.timeline import Timeline, joined, since


@dataclass(frozen=True, slots=True)
class Waits:
    """What threads waited for or were busy with, in seconds.

    Each is a sum over all threads that did so at the same time: it may exceed the wall time, and
    all of them together say nothing about it.

    Attributes:
        allowance_s: Questions held back until there was room in the API allowance, until a
            ``Retry-After`` was over, or between the attempts of one that failed.
        polling_s: Waiting until it was time to ask again whether a batch is ready.
        network_s: Waiting for sockets while at least one download was on its way: at most as often
            the wall time as there are loops.
        disk_s: Writing, syncing and naming audio files, their directories included.
        hashing_s: Computing SHA-256 of what arrived.
    """

    allowance_s: float = 0.0
    polling_s: float = 0.0
    network_s: float = 0.0
    disk_s: float = 0.0
    hashing_s: float = 0.0

    def __add__(self, other: Self) -> Self:
        return type(self)(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def __sub__(self, other: Self) -> Self:
        return type(self)(*(a - b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Throughput:
    """What one phase of work did.

    Attributes:
        bytes_moved: Media or transcript bytes received from the network, repeats included.
        seconds: Wall time by the monotonic clock.
        waits: Seconds by what they were spent on, over all threads.
        rate_limited_count: Answers with status 429 that were waited out.
        resumed_count: Files continued from a byte other than the first.
        calls_by_route: Requests that count against the allowance, retries included, by method and
            path template.
        file_bytes: Sizes of the audio files that got their names.
        sound_s: Seconds of sound in those whose length is known.
        download_s: Seconds each of them took, from its first request to its verification.
        timeline: When the bytes came.
    """

    bytes_moved: int = 0
    seconds: float = 0.0
    waits: Waits = Waits()
    rate_limited_count: int = 0
    resumed_count: int = 0
    calls_by_route: Mapping[str, int] = field(default_factory=dict)
    file_bytes: Histogram = FILE_BYTES
    sound_s: Histogram = SOUND_S
    download_s: Histogram = DOWNLOAD_S
    timeline: Timeline = field(default=Timeline(), compare=False)

    @property
    def api_calls(self) -> int:
        """Requests that count against the allowance, retries included."""
        return sum(self.calls_by_route.values())

    @property
    def file_count(self) -> int:
        """Audio files that got their names."""
        return self.file_bytes.count

    @property
    def stored_bytes(self) -> int:
        """Bytes of those files."""
        return round(self.file_bytes.sum)

    @property
    def mb_per_s(self) -> float:
        """Megabytes (10⁶ bytes) a second; 0 when nothing moved."""
        if not self.bytes_moved or self.seconds <= 0:
            return 0.0
        return self.bytes_moved / BYTES_PER_MB / self.seconds

    def spent_text(self) -> str:
        """Say what it took of the allowance, for the audit log: counts and path templates."""
        routes = [f"{count} {route}" for route, count in sorted(self.calls_by_route.items())]
        waits = f"waited {self.waits.allowance_s:.1f} s, {self.rate_limited_count} times 429"
        return f"{self.api_calls} calls, {waits}: {'; '.join(routes)}"


def total(parts: Iterable[Throughput]) -> Throughput:
    """Add up phases that ran one after the other."""
    found = list(parts)
    routes: Counter[str] = Counter()
    for part in found:
        routes.update(part.calls_by_route)
    return Throughput(
        bytes_moved=sum(part.bytes_moved for part in found),
        seconds=sum(part.seconds for part in found),
        waits=sum((part.waits for part in found), Waits()),
        rate_limited_count=sum(part.rate_limited_count for part in found),
        resumed_count=sum(part.resumed_count for part in found),
        calls_by_route=dict(routes),
        file_bytes=sum((part.file_bytes for part in found), FILE_BYTES),
        sound_s=sum((part.sound_s for part in found), SOUND_S),
        download_s=sum((part.download_s for part in found), DOWNLOAD_S),
        timeline=joined(part.timeline for part in found),
    )


def between(before: Throughput, after: Throughput) -> Throughput:
    """Return what happened between two readings of one meter."""
    routes = {
        route: count
        for route, all_calls in after.calls_by_route.items()
        if (count := all_calls - before.calls_by_route.get(route, 0))
    }
    return Throughput(
        bytes_moved=after.bytes_moved - before.bytes_moved,
        seconds=after.seconds - before.seconds,
        waits=after.waits - before.waits,
        rate_limited_count=after.rate_limited_count - before.rate_limited_count,
        resumed_count=after.resumed_count - before.resumed_count,
        calls_by_route=routes,
        file_bytes=after.file_bytes - before.file_bytes,
        sound_s=after.sound_s - before.sound_s,
        download_s=after.download_s - before.download_s,
        timeline=since(before.timeline, after.timeline),
    )
