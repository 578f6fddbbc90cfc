"""The world: every call of every day, made from a seed, and the truth about each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import numpy as np

from recordings_pipeline.simulator.ids import Place, generator, make_id, named_id, place_of
from recordings_pipeline.simulator.plan import Plan, plan_call
from recordings_pipeline.simulator.speech import MU_LAW, PCM, wav_of

QUEUES = ("Billing", "Technical support", "Sales", "Retention")
AGENT_COUNT = 12
# Share of the calls that come in each hour of the day, UTC; nights are quiet, not silent.
_HOURS = np.array([1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 12, 10, 12, 13, 12, 10, 8, 5, 3, 2, 2, 1, 1])
_LEAD = timedelta(seconds=1)
ABANDONED, TRANSFERRED, WITH_IVR, UNTRANSCRIBED, AS_PCM = 0.05, 0.10, 0.6, 0.2, 0.1


@dataclass(frozen=True, slots=True)
class Leg:
    """One participant of a call; ``session_id`` is its communication."""

    purpose: str
    participant_id: str
    session_id: str
    user_id: str | None
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """The truth about one conversation.

    Attributes:
        recording_id: None when the caller gave up before anything was recorded.
        communication_id: The customer's leg, which was recorded.
        file_state: What metadata will say of the recording.
        plan: What is heard in it; None without a recording.
    """

    index: int
    conversation_id: str
    start: datetime
    end: datetime
    ani: str
    dnis: str
    queue_id: str
    legs: tuple[Leg, ...]
    recording_id: str | None
    communication_id: str
    file_state: str
    is_sensitive: bool
    is_transcribed: bool
    codec: int
    plan: Plan | None

    @property
    def recording_start(self) -> datetime:
        return self.start + _LEAD

    @property
    def is_exportable(self) -> bool:
        return self.recording_id is not None and self.file_state != "DELETED"


class World:
    """Everything a seed implies; days are made when they are asked for and kept while in use."""

    def __init__(self, seed: int, calls_per_day: int) -> None:
        self.seed = seed
        self.calls_per_day = calls_per_day
        self.organization_id = named_id(seed, "organization")
        self._day = lru_cache(maxsize=16)(self._made)

    def calls(self, day: date) -> tuple[Call, ...]:
        """Return the conversations that started on a UTC day, ordered by start."""
        return self._day(day)

    def find(self, text: str) -> Call | None:
        """Return the call an id belongs to, whatever of it the id names."""
        place = place_of(self.seed, text)
        if place is None or place.index >= self.calls_per_day:
            return None
        return next((c for c in self.calls(place.day) if c.index == place.index), None)

    def audio(self, recording_id: str) -> bytes:
        """Return the bytes of a recording.

        Raises:
            KeyError: There is no such recording, or its bytes are gone.
        """
        call = self.find(recording_id)
        if call is None or call.plan is None or call.recording_id != recording_id:
            raise KeyError(recording_id)
        if call.file_state == "DELETED":
            raise KeyError(recording_id)
        return wav_of(call.plan, call.codec)

    def _made(self, day: date) -> tuple[Call, ...]:
        starts = self._starts(day)
        return tuple(self._call(day, index, start) for index, start in enumerate(starts))

    def _starts(self, day: date) -> list[datetime]:
        """Spread the day's calls over its hours; the last one runs past midnight."""
        rng = generator(self.seed, day, "starts")
        hours = rng.choice(24, self.calls_per_day, p=_HOURS / _HOURS.sum())
        within = rng.integers(0, 3_600_000, self.calls_per_day)
        offsets = sorted(int(h) * 3_600_000 + int(ms) for h, ms in zip(hours, within, strict=True))
        offsets[-1] = 86_400_000 - 5_000
        midnight = datetime.combine(day, time(), tzinfo=UTC)
        return [midnight + timedelta(milliseconds=offset) for offset in offsets]

    def _call(self, day: date, index: int, start: datetime) -> Call:
        rng = generator(self.seed, day, index)
        chances = rng.random(5)
        is_abandoned = bool(chances[0] < ABANDONED) and not _is_special(index, self.calls_per_day)
        is_transferred = bool(chances[1] < TRANSFERRED)
        plan = None
        if not is_abandoned:
            plan = plan_call(
                rng, has_ivr=bool(chances[2] < WITH_IVR), is_transferred=is_transferred
            )
        spoken = timedelta(milliseconds=plan.duration_ms if plan else 9_000)
        end = start + _LEAD + spoken + _LEAD
        ids = {kind: self._id(day, index, kind) for kind in ("conversation", "recording")}
        legs = tuple(self._legs(day, index, start, end, plan))
        return Call(
            index=index,
            conversation_id=ids["conversation"],
            start=start,
            end=end,
            ani=f"tel:+1555{int(rng.integers(10**6, 10**7))}",
            dnis="tel:+15550100199",
            queue_id=named_id(self.seed, "queue", index % len(QUEUES)),
            legs=legs,
            recording_id=ids["recording"] if plan else None,
            communication_id=legs[0].session_id,
            file_state=_file_state(index, self.calls_per_day),
            is_sensitive=index in _sensitive(self.calls_per_day),
            is_transcribed=plan is not None and bool(chances[3] >= UNTRANSCRIBED),
            codec=PCM if chances[4] < AS_PCM else MU_LAW,
            plan=plan,
        )

    def _legs(
        self, day: date, index: int, start: datetime, end: datetime, plan: Plan | None
    ) -> Iterator[Leg]:
        def leg(purpose: str, kind: str, first: datetime, last: datetime) -> Leg:
            agent = int(generator(self.seed, day, index, kind).integers(AGENT_COUNT))
            user_id = named_id(self.seed, "user", agent) if purpose == "agent" else None
            session_id = self._id(day, index, kind)
            participant_id = named_id(self.seed, "participant", session_id)
            return Leg(purpose, participant_id, session_id, user_id, first, last)

        def after(milliseconds: int) -> datetime:
            return start + _LEAD + timedelta(milliseconds=milliseconds)

        yield leg("customer", "customer", start, end)
        if plan is None:
            yield leg("acd", "acd", start, end)
            return
        if plan.ivr_until_ms:
            yield leg("ivr", "ivr", start, after(plan.ivr_until_ms))
        answered = after(plan.agent_from_ms)
        yield leg("acd", "acd", after(plan.ivr_until_ms), answered)
        if plan.transfer_at_ms is None:
            yield leg("agent", "agent", answered, end)
            return
        transferred = after(plan.transfer_at_ms)
        yield leg("agent", "agent", answered, transferred)
        yield leg("agent", "transfer", transferred, end)

    def _id(self, day: date, index: int, kind: str) -> str:
        return make_id(self.seed, Place(day, index, kind))


def _file_state(index: int, count: int) -> str:
    return {count // 3: "DELETED", count // 2: "ARCHIVED"}.get(index, "AVAILABLE")


def _is_special(index: int, count: int) -> bool:
    """Calls that every day must have; the last one crosses midnight."""
    return index in {count // 4, count // 3, count // 2, count // 4 * 3, count - 1}


def _sensitive(count: int) -> frozenset[int]:
    return frozenset({count // 4, count // 4 * 3})
