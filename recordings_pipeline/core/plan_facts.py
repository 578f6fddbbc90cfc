"""What a plan is made from: what is known of each day, what holds for all, and earlier days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from recordings_pipeline.core import costs
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.holdings import Holdings
from recordings_pipeline.core.preflight import BYTES_PER_CONVERSATION_S

# `stages.audio_files` fetches so many files at a time.
DOWNLOADS = 8


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What is known of a day before it is exported.

    Attributes:
        is_settled: Whether the ledger has it as settled; then nobody asked the source.
        conversation_count: All conversations, as the source counts them.
        recorded_count: Those with audio.
        written_share: Share of all that keeps a recording without saying so: chats and the like.
        mean_s: Mean length in seconds of those with audio, from the day's first hundred.
        held: What the ledger holds of it.
        spent_calls: API calls it took so far.
    """

    day: Day
    is_settled: bool
    conversation_count: int
    recorded_count: int
    written_share: float
    mean_s: float
    held: Holdings = field(default_factory=Holdings)
    spent_calls: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all days of a plan.

    Attributes:
        available_until: Up to when the source's data lake is complete; None for not known.
        metadata: ``always`` or ``when_needed``.
        per_minute: API calls the organization allows.
        reserve: Share of them that is left to others, 0 to 1.
        url_lifetime_s: How long a signed URL lives.
        quota_bytes: Most the data directory may hold; None for no limit.
        reserve_bytes: Free space of the disk that is never used.
    """

    now: datetime
    available_until: datetime | None
    metadata: str
    per_minute: int
    reserve: float
    url_lifetime_s: float
    free_bytes: int
    used_bytes: int
    quota_bytes: int | None
    reserve_bytes: int

    @property
    def usable_per_minute(self) -> int:
        return max(int(self.per_minute * (1 - self.reserve)), 1)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a conversation is like.

    Attributes:
        odd_share: Share that needs its metadata besides a batch.
        recordings: Recordings of one.
        mean_s: Its length in seconds; None to go by each day's first hundred, those of the night.
        bytes_per_s: Bytes of audio for a second of it.
        download_bytes_per_s: How fast media come; None for not known.
        day_count: Days of the ledger this was learnt from; 0 for assumptions.
    """

    odd_share: float = costs.ODD_SHARE
    recordings: float = 1.0
    mean_s: float | None = None
    bytes_per_s: float = BYTES_PER_CONVERSATION_S
    download_bytes_per_s: float | None = None
    day_count: int = 0


def basis_from(days: Iterable[Holdings]) -> Basis:
    """Learn from earlier days what conversations are like; what they do not tell is assumed."""
    known = [held for held in days if held.recording_count]
    listed = sum(held.listed_count for held in known)
    batched = sum(held.batched_count for held in known)
    size = sum(held.size_bytes for held in known)
    seconds = sum(held.exported_s for held in known)
    download_s = sum(held.download_s for held in known)
    exported = sum(held.exported_count for held in known)
    assumed = Basis()
    return Basis(
        odd_share=sum(h.odd_count for h in known) / batched if batched else assumed.odd_share,
        recordings=sum(h.recording_count for h in known) / listed if listed else assumed.recordings,
        mean_s=seconds / exported if exported else assumed.mean_s,
        bytes_per_s=size / seconds if size and seconds else assumed.bytes_per_s,
        download_bytes_per_s=size / download_s * DOWNLOADS if size and download_s else None,
        day_count=len(known),
    )
