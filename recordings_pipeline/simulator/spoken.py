"""Who really speaks in a recording, and whether anybody could know from the outside."""

from dataclasses import dataclass

from recordings_pipeline.simulator.call import Call, Recording
from recordings_pipeline.simulator.plan import CUSTOMER, MACHINE, PhraseTruth
from recordings_pipeline.simulator.timeline import TALK

_AGENTS = ("agent", "transfer", "consult")


@dataclass(frozen=True, slots=True)
class Spoken:
    """The speaker of a phrase.

    Attributes:
        speaker: ``agent``, ``customer`` or ``ivr``.
        user_id: The agent's; None for others.
        could_be: The agents who were on the line and heard, sorted: more than one, and nobody can
            tell who it was. Empty for others.
    """

    speaker: str
    user_id: str | None
    could_be: tuple[str, ...]


def speaker_of(call: Call, recording: Recording, phrase: PhraseTruth) -> Spoken:
    """Return who speaks a phrase, by the course of the call.

    In a consult both sides are agents, whosever voices the bank lends them.
    """
    if recording.kind == "consulted":
        number = 1 if phrase.speaker == CUSTOMER else int(phrase.speaker)
        return Spoken("agent", _user(call, number), _users(call, (0, 1)))
    if phrase.speaker in (CUSTOMER, MACHINE):
        return Spoken(phrase.speaker, None, ())
    offset_ms = round((recording.start - call.recording_start).total_seconds() * 1_000)
    at_ms = offset_ms + phrase.start_ms
    present = next(
        (p.agents for p in call.phases if p.kind == TALK and p.start_ms <= at_ms < p.end_ms), ()
    )
    if call.has("coaching"):
        # Who coaches is heard by the agent alone: the second voice is the agent's as well.
        return Spoken("agent", _user(call, 0), _users(call, (0,)))
    return Spoken("agent", _user(call, int(phrase.speaker)), _users(call, present))


def _users(call: Call, numbers: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(sorted({user for n in numbers if (user := _user(call, n)) is not None}))


def _user(call: Call, number: int) -> str | None:
    agents = [leg.user_id for kind in _AGENTS for leg in call.legs if leg.kind == kind]
    return agents[number] if number < len(agents) else None
