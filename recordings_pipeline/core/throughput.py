"""How much moved, how fast, and what it cost."""

from collections.abc import Iterable
from dataclasses import dataclass

BYTES_PER_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Throughput:
    """What one phase of work did.

    Attributes:
        bytes_moved: Media or transcript bytes received from the network.
        seconds: Wall time by the monotonic clock.
        api_calls: Requests that count against the allowance, retries included.
        waited_s: Seconds spent waiting for the allowance or for ``Retry-After``, over all threads.
        rate_limited_count: Answers with status 429 that were waited out.
        resumed_count: Files continued from a byte other than the first.
    """

    bytes_moved: int = 0
    seconds: float = 0.0
    api_calls: int = 0
    waited_s: float = 0.0
    rate_limited_count: int = 0
    resumed_count: int = 0

    @property
    def mb_per_s(self) -> float:
        """Megabytes (10⁶ bytes) a second; 0 when nothing moved."""
        if not self.bytes_moved or self.seconds <= 0:
            return 0.0
        return self.bytes_moved / BYTES_PER_MB / self.seconds


def total(parts: Iterable[Throughput]) -> Throughput:
    """Add up phases that ran one after the other."""
    found = list(parts)
    return Throughput(
        bytes_moved=sum(part.bytes_moved for part in found),
        seconds=sum(part.seconds for part in found),
        api_calls=sum(part.api_calls for part in found),
        waited_s=sum(part.waited_s for part in found),
        rate_limited_count=sum(part.rate_limited_count for part in found),
        resumed_count=sum(part.resumed_count for part in found),
    )
