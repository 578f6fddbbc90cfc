"""How exported days stand, and how far the planner was off."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.standings import DayStanding


@dataclass(frozen=True, slots=True)
class Compared:
    """What was predicted, and what happened; None for nothing predicted."""

    planned: int | None
    real: int

    @property
    def error_percent(self) -> float | None:
        """How far reality is above (+) or below (-) the prediction; None where nobody can say."""
        if self.planned is None or (self.planned == 0 and self.real):
            return None
        return 100 * (self.real - self.planned) / self.planned if self.planned else 0.0


@dataclass(frozen=True, slots=True)
class DayStatus:
    """One day: how it stands, what it holds, and what was predicted.

    Attributes:
        counts: Recordings by outcome, in the order of `Outcome`.
        orphan_count: Recordings of the day that the source keeps without a conversation, as last
            listed; none while its conversations may still claim them.
        lost_count: Legs that were recorded and have no recording, and that fail the day.
    """

    standing: DayStanding
    counts: Mapping[str, int]
    size_bytes: int
    orphan_count: int = 0
    lost_count: int = 0

    @property
    def is_exported(self) -> bool:
        """Whether it was indexed, so that there is something to compare with."""
        return self.standing.is_settled or bool(self.counts or self.standing.conversation_count)

    @property
    def recordings(self) -> Compared:
        return Compared(self.standing.planned_recordings, sum(self.counts.values()))

    @property
    def calls(self) -> Compared:
        return Compared(self.standing.planned_calls, self.standing.spent_calls)

    @property
    def bytes(self) -> Compared:
        return Compared(self.standing.planned_bytes, self.size_bytes)


def day_status(
    standing: DayStanding,
    counts: Mapping[str, int],
    size_bytes: int,
    orphan_count: int = 0,
    lost_count: int = 0,
) -> DayStatus:
    """Put together what the ledger says of a day."""
    ordered = {str(outcome): counts[outcome] for outcome in Outcome if outcome in counts}
    return DayStatus(standing, ordered, size_bytes, orphan_count, lost_count)


def total_counts(days: Iterable[DayStatus]) -> dict[str, int]:
    """Add recordings by outcome, in the order of `Outcome`."""
    total: Counter[str] = Counter()
    for day in days:
        total.update(day.counts)
    return {str(outcome): total[outcome] for outcome in Outcome if outcome in total}


def total_compared(parts: Iterable[Compared]) -> Compared:
    """Add predictions and what happened, of those days that have both."""
    both = [part for part in parts if part.planned is not None]
    planned = sum(part.planned or 0 for part in both)
    return Compared(planned if both else None, sum(part.real for part in both))
