"""A day as arrays: what is known of each of its conversations without making any of them.

A day of 100,000 conversations takes two megabytes; counting and filtering need nothing else.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from recordings_pipeline.simulator.ids import generator
from recordings_pipeline.simulator.shape import Shape
from recordings_pipeline.simulator.traits import MEDIA, Bits, bit, dealt

QUEUE_COUNT, AGENT_COUNT, DIVISION_COUNT = 4, 12, 3
DAY_MS = 86_400_000
# Rung out, connected, hung up: what a conversation has before and after its recording.
LEAD_MS = 1_000
ABANDONED_MS = 9_000
_THREE_SECONDS_MS, _THREE_HOURS_MS = 3_000, 10_800_000
# Share of the calls that come in each hour of the day, UTC; nights are quiet, not silent.
_HOURS = np.array([1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 12, 10, 12, 13, 12, 10, 8, 5, 3, 2, 2, 1, 1])
# The last call of a day starts five seconds before midnight and lasts beyond it.
_LAST_START_MS = DAY_MS - 5_000
_LAST_LENGTH_MS = 20_000

Numbers = npt.NDArray[np.int32]
Small = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """One value per conversation of a day, ordered by start.

    Attributes:
        start_ms: Start, from midnight UTC.
        length_ms: Length of what is recorded.
        bits: Traits; see `traits.bit`.
        queue: Number of the queue.
        agents: Numbers of three distinct agents, shape (conversations, 3).
        division: Number of the division.
    """

    start_ms: Numbers
    length_ms: Numbers
    bits: Bits
    queue: Small
    agents: Small
    division: Small

    def __len__(self) -> int:
        return len(self.start_ms)

    def has(self, trait: str) -> Flags:
        """Say for each conversation whether it has a trait."""
        found: Flags = (self.bits & bit(trait)) != 0
        return found

    @property
    def is_voice(self) -> Flags:
        """Which conversations are calls."""
        found: Flags = ~np.logical_or.reduce([self.has(trait) for trait in MEDIA])
        return found

    @property
    def is_recorded(self) -> Flags:
        """Which conversations have an audio recording started on a leg."""
        return self.is_voice & ~self.has("abandoned")

    @property
    def end_ms(self) -> npt.NDArray[np.int64]:
        """End of each conversation, from the same midnight; beyond `DAY_MS` for the late ones."""
        return self.start_ms.astype(np.int64) + self.length_ms + 2 * LEAD_MS


def columns_of(seed: int, day: date, shape: Shape) -> Columns:
    """Make a day; equal arguments make equal days."""
    count = shape.calls_per_day
    rng = generator(seed, day, "columns")
    bits = dealt(count, shape.shares, shape.pinned, rng)
    # Every call draws a place for its first agent and steps of 1 or more to the next ones.
    first = rng.integers(0, AGENT_COUNT, count)
    second = first + rng.integers(1, 5, count)
    third = second + rng.integers(1, 5, count)
    return Columns(
        start_ms=_starts(rng, count),
        length_ms=_lengths(rng, bits, shape),
        bits=bits,
        queue=rng.integers(0, QUEUE_COUNT, count).astype(np.uint8),
        agents=(np.stack([first, second, third], axis=1) % AGENT_COUNT).astype(np.uint8),
        division=rng.integers(0, DIVISION_COUNT, count).astype(np.uint8),
    )


def _starts(rng: np.random.Generator, count: int) -> Numbers:
    hours = rng.choice(24, count, p=_HOURS / _HOURS.sum())
    starts = np.sort(hours * 3_600_000 + rng.integers(0, 3_600_000, count)).astype(np.int32)
    starts[-1] = max(starts[-1], _LAST_START_MS)
    return starts


def _lengths(rng: np.random.Generator, bits: Bits, shape: Shape) -> Numbers:
    seconds = shape.median_s * np.exp(shape.spread * rng.standard_normal(len(bits)))
    lengths = (np.clip(seconds, shape.shortest_s, shape.longest_s) * 1_000).astype(np.int32)
    lengths[-1] = max(lengths[-1], _LAST_LENGTH_MS)
    lengths[(bits & bit("three_seconds")) != 0] = _THREE_SECONDS_MS
    lengths[(bits & bit("three_hours")) != 0] = _THREE_HOURS_MS
    lengths[(bits & bit("abandoned")) != 0] = ABANDONED_MS
    return lengths
