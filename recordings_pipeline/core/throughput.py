"""How much moved, how fast, and what it cost."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

BYTES_PER_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Throughput:
    """What one phase of work did.

    Attributes:
        bytes_moved: Media or transcript bytes received from the network.
        seconds: Wall time by the monotonic clock.
        waited_s: Seconds spent waiting for the allowance or for ``Retry-After``, over all threads.
        rate_limited_count: Answers with status 429 that were waited out.
        resumed_count: Files continued from a byte other than the first.
        calls_by_route: Requests that count against the allowance, retries included, by method and
            path template.
    """

    bytes_moved: int = 0
    seconds: float = 0.0
    waited_s: float = 0.0
    rate_limited_count: int = 0
    resumed_count: int = 0
    calls_by_route: Mapping[str, int] = field(default_factory=dict)

    @property
    def api_calls(self) -> int:
        """Requests that count against the allowance, retries included."""
        return sum(self.calls_by_route.values())

    def spent_text(self) -> str:
        """Say what it took of the allowance, for the audit log: counts and path templates."""
        routes = [f"{count} {route}" for route, count in sorted(self.calls_by_route.items())]
        waits = f"waited {self.waited_s:.1f} s, {self.rate_limited_count} times 429"
        return f"{self.api_calls} calls, {waits}: {'; '.join(routes)}"

    @property
    def mb_per_s(self) -> float:
        """Megabytes (10⁶ bytes) a second; 0 when nothing moved."""
        if not self.bytes_moved or self.seconds <= 0:
            return 0.0
        return self.bytes_moved / BYTES_PER_MB / self.seconds


def total(parts: Iterable[Throughput]) -> Throughput:
    """Add up phases that ran one after the other."""
    found = list(parts)
    routes: Counter[str] = Counter()
    for part in found:
        routes.update(part.calls_by_route)
    return Throughput(
        bytes_moved=sum(part.bytes_moved for part in found),
        seconds=sum(part.seconds for part in found),
        waited_s=sum(part.waited_s for part in found),
        rate_limited_count=sum(part.rate_limited_count for part in found),
        resumed_count=sum(part.resumed_count for part in found),
        calls_by_route=dict(routes),
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
        waited_s=after.waited_s - before.waited_s,
        rate_limited_count=after.rate_limited_count - before.rate_limited_count,
        resumed_count=after.resumed_count - before.resumed_count,
        calls_by_route=routes,
    )
