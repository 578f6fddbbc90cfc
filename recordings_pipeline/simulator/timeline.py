"""The course of one call: who is on the line when, in milliseconds of its recording."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recordings_pipeline.simulator.traits import has

IVR, QUEUE, TALK, HOLD, PAUSE, CONSULT, VOICEMAIL = (
    "ivr",
    "queue",
    "talk",
    "hold",
    "pause",
    "consult",
    "voicemail",
)
# The machine's welcome lasts 5.3 s in the bank's voice; music follows it.
_IVR_MS, _QUEUE_MS, _HOLD_MS = (6_000, 8_500), (1_600, 2_400), (4_000, 12_000)
_PAUSE_MS = (3_000, 6_000)
# Room for one line of talk; a call with less of it is talk from end to end.
_TALK_MS = 5_000


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a call.

    Attributes:
        kind: What goes on: `IVR`, `QUEUE`, `TALK`, `HOLD`, `PAUSE`, `CONSULT` or `VOICEMAIL`.
        agents: Which of the call's agents are on the line with the customer, 0 for the first.
    """

    kind: str
    start_ms: int
    end_ms: int
    agents: tuple[int, ...] = ()

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


def timeline_of(bits: int, length_ms: int, rng: np.random.Generator) -> tuple[Phase, ...]:
    """Lay out a call from its first to its last millisecond, without gaps.

    Args:
        bits: The call's traits.
        length_ms: Length of the recording.
        rng: Decides how long each stretch is.
    """
    writer = _Writer(length_ms, rng)
    if has(bits, "ivr") and not has(bits, "outbound"):
        writer.add(IVR, _IVR_MS)
    if has(bits, "voicemail"):
        writer.rest(VOICEMAIL)
        return tuple(writer.phases)
    writer.add(QUEUE, _QUEUE_MS, (0,))
    breaks = [name for name in ("hold", "secure_pause") if has(bits, name)]
    partners = ("transfer", "conference", "consult", "coaching")
    partner = next((name for name in partners if has(bits, name)), None)
    writer.talk(breaks, partner)
    return tuple(writer.phases)


def spans(phases: tuple[Phase, ...], agent: int) -> Iterator[Phase]:
    """Yield the stretches in which an agent was on the line, in order."""
    return (phase for phase in phases if agent in phase.agents and phase.kind != QUEUE)


class _Writer:
    """Lays phases along the clock, as long as there is room for talk after them."""

    def __init__(self, length_ms: int, rng: np.random.Generator) -> None:
        self._length_ms = length_ms
        self._rng = rng
        self._at = 0
        self.phases: list[Phase] = []

    def add(self, kind: str, limits: tuple[int, int], agents: tuple[int, ...] = ()) -> None:
        """Add a stretch of a length within limits, unless talk would not fit behind it."""
        length = int(self._rng.integers(*limits))
        if self._at + length + _TALK_MS <= self._length_ms:
            self._put(kind, length, agents)

    def rest(self, kind: str, agents: tuple[int, ...] = ()) -> None:
        """Fill what is left of the call."""
        self._put(kind, self._length_ms - self._at, agents)

    def talk(self, breaks: list[str], partner: str | None) -> None:
        """Fill the rest with talk, its breaks, and what the second agent does."""
        stretches = 1 + len(breaks) + (partner in ("transfer", "conference", "consult"))
        share = max((self._length_ms - self._at) // stretches - _HOLD_MS[0], _TALK_MS)
        agents: tuple[int, ...] = (0, 1) if partner == "coaching" else (0,)
        for name in breaks:
            self._put_if_fits(TALK, share, agents)
            kind, limits = (HOLD, _HOLD_MS) if name == "hold" else (PAUSE, _PAUSE_MS)
            self.add(kind, limits, agents)
        if partner in ("transfer", "conference", "consult"):
            self._put_if_fits(TALK, share, agents)
            agents = self._join(partner, agents)
        self.rest(TALK, agents)

    def _join(self, partner: str, agents: tuple[int, ...]) -> tuple[int, ...]:
        """Bring the second agent in and return who is on the line afterwards."""
        before = self._at
        if partner == "consult":
            self.add(CONSULT, _HOLD_MS, agents)
            return agents
        self.add(HOLD, (2_000, 4_000), agents)
        if self._at == before:
            return agents
        return (1,) if partner == "transfer" else (0, 1)

    def _put_if_fits(self, kind: str, length: int, agents: tuple[int, ...]) -> None:
        if self._at + length + _TALK_MS <= self._length_ms:
            self._put(kind, length, agents)

    def _put(self, kind: str, length: int, agents: tuple[int, ...]) -> None:
        if length > 0:
            self.phases.append(Phase(kind, self._at, self._at + length, agents))
            self._at += length
