"""Who took part in a call, and when: its course told leg by leg."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from recordings_pipeline.simulator.call import Leg, Segment
from recordings_pipeline.simulator.ids import Place, make_id, named_id
from recordings_pipeline.simulator.timeline import CONSULT, HOLD, IVR, QUEUE, VOICEMAIL, Phase
from recordings_pipeline.simulator.traits import MEDIA, has

WRAP_UPS = ("Resolved", "Follow-up", "Complaint", "Wrong number")
_WRAP_UP = timedelta(seconds=20)
Clock = Callable[[int], datetime]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everything that decides who is on a call.

    Attributes:
        agents: Numbers of the agents who may be on it, in order.
        recorded_at: Start of the recording, from which phases count.
        ended: End of the conversation.
    """

    seed: int
    day: date
    index: int
    bits: int
    agents: tuple[int, ...]
    start: datetime
    recorded_at: datetime
    ended: datetime
    phases: tuple[Phase, ...]

    def at(self, milliseconds: int) -> datetime:
        """Return an instant of the recording on the wall."""
        return self.recorded_at + timedelta(milliseconds=milliseconds)


def legs_of(cast: Cast) -> tuple[Leg, ...]:
    """Return the legs in order of appearance, the customer's first."""
    if any(has(cast.bits, name) for name in MEDIA):
        return tuple(_digital(cast))
    if has(cast.bits, "abandoned"):
        waited = Segment("interact", cast.start, cast.ended, ending="client")
        delay = Segment("delay", cast.start, cast.ended, ending="peer")
        return (_leg(cast, "customer", (waited,)), _leg(cast, "acd", (delay,)))
    legs = [_customer(cast), *_machines(cast), *_agents(cast)]
    # The person who places an outbound call appears first.
    return tuple(legs)


def _customer(cast: Cast) -> Leg:
    connect = Segment("system", cast.start, cast.recorded_at)
    talk = Segment("interact", cast.recorded_at, cast.ended, ending="client")
    return replace(_leg(cast, "customer", (connect, talk)), is_recorded=True)


def _machines(cast: Cast) -> Iterator[Leg]:
    """Yield the legs of what answers before a person does."""
    answered = cast.at(next((p.end_ms for p in cast.phases if p.kind == QUEUE), 0))
    for phase in cast.phases:
        span = (cast.at(phase.start_ms), cast.at(phase.end_ms))
        if phase.kind == IVR:
            start = cast.start if phase.start_ms == 0 else span[0]
            yield _leg(cast, "ivr", (Segment("ivr", start, span[1], ending="transfer"),))
        if phase.kind == VOICEMAIL:
            yield _leg(cast, "voicemail", (Segment("voicemail", *span, ending="peer"),))
        if phase.kind == QUEUE and not has(cast.bits, "outbound"):
            segments = (Segment("delay", span[0], answered, ending="transfer"),)
            yield _leg(cast, "acd", segments)


def _agents(cast: Cast) -> Iterator[Leg]:
    for number, kind in ((0, "agent"), (1, "transfer")):
        phases = [p for p in cast.phases if number in p.agents]
        if phases:
            yield _agent(cast, kind, number, phases)
    for phase in cast.phases:
        if phase.kind == CONSULT:
            span = (cast.at(phase.start_ms), cast.at(phase.end_ms))
            yield _consulted(cast, span)


def _agent(cast: Cast, kind: str, number: int, phases: list[Phase]) -> Leg:
    is_coach = kind == "transfer" and has(cast.bits, "coaching")
    segments = [_segment(cast, phase, is_coach=is_coach) for phase in phases]
    stays = phases[-1].end_ms == cast.phases[-1].end_ms
    if stays:
        segments[-1] = replace(segments[-1], end=cast.ended)
    segments[-1] = replace(segments[-1], ending="peer" if stays else "transfer")
    last = segments[-1].end
    if not is_coach:
        segments.append(Segment("wrapup", last, last + _WRAP_UP))
    code = WRAP_UPS[(cast.index + number) % len(WRAP_UPS)]
    leg = _leg(cast, kind, tuple(segments), agent=cast.agents[number])
    if kind == "agent" and has(cast.bits, "second_recording"):
        leg = replace(leg, is_recorded=True)
    return leg if is_coach else replace(leg, wrap_up=code)


def _segment(cast: Cast, phase: Phase, *, is_coach: bool) -> Segment:
    kinds = {QUEUE: "dialing" if has(cast.bits, "outbound") else "alert", HOLD: "hold"}
    kind = "coaching" if is_coach else kinds.get(phase.kind, "interact")
    kind = "hold" if phase.kind == CONSULT else kind
    is_conference = has(cast.bits, "conference") and len(phase.agents) > 1
    return Segment(kind, cast.at(phase.start_ms), cast.at(phase.end_ms), is_conference)


def _consulted(cast: Cast, span: tuple[datetime, datetime]) -> Leg:
    """Return the leg on which the first agent asks a colleague, while the customer waits."""
    talk = Segment("interact", *span, ending="peer")
    leg = _leg(cast, "consult", (talk,), agent=cast.agents[1])
    return replace(leg, is_recorded=True)


def _digital(cast: Cast) -> Iterator[Leg]:
    talk = Segment("interact", cast.start, cast.ended, ending="client")
    yield _leg(cast, "customer", (talk,))
    yield _leg(cast, "agent", (replace(talk, ending="peer"),), agent=cast.agents[0])


def _leg(cast: Cast, kind: str, segments: tuple[Segment, ...], agent: int | None = None) -> Leg:
    session_id = make_id(cast.seed, Place(cast.day, cast.index, kind))
    return Leg(
        kind=kind,
        purpose=kind if agent is None else "agent",
        participant_id=named_id(cast.seed, "participant", session_id),
        session_id=session_id,
        user_id=None if agent is None else named_id(cast.seed, "user", agent),
        agent=agent,
        segments=segments,
    )
