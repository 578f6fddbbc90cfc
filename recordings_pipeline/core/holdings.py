"""What the ledger holds of a day, counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Holdings:
    """What earlier runs left of one day.

    Attributes:
        counts: Recordings by outcome.
        size_bytes: Their audio files.
        listed_count: Conversations that were asked about.
        final_count: Those whose answer is final.
        done_count: Conversations of which every recording has a final outcome.
        batched_count: Conversations that a batch asked about.
        odd_count: Those of them that needed their metadata as well.
        transcript_count: Transcripts that need not be asked for again.
        exported_count: Conversations behind the audio files.
        exported_s: Their lengths in seconds, added up.
        download_s: Seconds the downloads took, one after the other.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    size_bytes: int = 0
    listed_count: int = 0
    final_count: int = 0
    done_count: int = 0
    batched_count: int = 0
    odd_count: int = 0
    transcript_count: int = 0
    exported_count: int = 0
    exported_s: float = 0.0
    download_s: float = 0.0

    @property
    def recording_count(self) -> int:
        return sum(self.counts.values())
