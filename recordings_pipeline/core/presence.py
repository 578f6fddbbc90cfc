"""Who can be heard on a leg, and when: participants joined with what they did.

A *voice* is a role and, for an agent, a user id. Each has windows of time in which it may be heard.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from recordings_pipeline.core.purposes import AGENTS, CUSTOMERS, SILENT
from recordings_pipeline.core.spans import Span, difference, intersection, union
from recordings_pipeline.core.speech import Participant, Stretch

# What an agent does without being heard by the customer. A kind that is not here may be heard:
# better two candidates than the wrong one.
_SILENT_KINDS = frozenset(
    {
        "alert", "callback", "coaching", "contacting", "converting", "delay", "dialing", "hold",
        "monitoring", "parked", "scheduled", "screenmonitoring", "sharing", "system",
        "transmitting", "uploading", "wrapup",
    }
)  # fmt: skip
_HOLD = "hold"
# A recording that lasts as long as its leg, give or take this much, is one of all of it.
_FIT_MS = 2_000
# Later than anything: the end of what goes on.
_FOREVER = 2**62

Voice = tuple[str, str | None]
Windows = Mapping[Voice, Sequence[Span]]
CUSTOMER: Voice = ("customer", None)


@dataclass(frozen=True, slots=True)
class Presence:
    """When each voice may be heard, by side.

    Attributes:
        is_consult: Whether agents talk to each other on the leg, while the customer waits.
    """

    internal: Windows
    external: Windows
    is_consult: bool


def presence_of(
    communication_id: str | None, participants: Iterable[Participant], stretches: Sequence[Stretch]
) -> Presence:
    """Return who may be heard in a recording of a leg.

    An agent is heard by the customer while a stretch says so, and not on hold, when alerting,
    dialing, in wrap-up, monitoring or coaching. Whoever has a talk that is no conference while the
    customer is on hold consults: that is heard on the consult's own leg alone, on both sides, and
    from those who hold as well. Where the transcript file tells windows of the same voice, both
    have to agree, unless they never do; a voice without stretches has the file's windows.
    """
    heard = [s for s in stretches if s.purpose not in SILENT | CUSTOMERS]
    held = _by_voice(s for s in heard if s.kind == _HOLD)
    holding = union(span for spans in held.values() for span in spans)
    told = _by_voice_of_file(participants)
    internal: dict[Voice, Sequence[Span]] = {v: w for v, w in told.items() if v != CUSTOMER}
    for voice, talks in _talks(heard, holding).items():
        both = intersection(talks, internal[voice]) if voice in internal else talks
        internal[voice] = both or talks
    own = [s for s in heard if s.communication_id == communication_id is not None]
    consult = consult_of(communication_id, stretches)
    if not consult:
        return Presence(internal, {CUSTOMER: [(-_FOREVER, _FOREVER)]}, is_consult=False)
    consulting = {voice: intersection(spans, consult) for voice, spans in held.items()}
    for voice, spans in _by_voice(s for s in own if _is_consulting(s)).items():
        both = [*consulting.get(voice, ()), *intersection(spans, consult)]
        consulting[voice] = union(both)
    return Presence(consulting, consulting, is_consult=True)


def consult_of(communication_id: str | None, stretches: Sequence[Stretch]) -> list[Span]:
    """Return when agents talk to each other on a leg, while the customer is on hold."""
    own = [s for s in stretches if s.communication_id == communication_id is not None]
    talks = [s for s in own if _is_consulting(s)]
    if not talks:
        return []
    holding = _spans(s for s in stretches if s.kind == _HOLD and s.purpose not in CUSTOMERS)
    return intersection(union(_spans(talks)), union(holding))


def hold_of(stretches: Sequence[Stretch], end_epoch_ms: int) -> list[Span]:
    """Return when the customer was on hold: an agent held, and no other one talked to them."""
    heard = [s for s in stretches if s.purpose in AGENTS]
    holding = union(_spans(s for s in heard if s.kind == _HOLD))
    talks = union(span for spans in _talks(heard, holding).values() for span in spans)
    return intersection(difference(holding, talks), [(-_FOREVER, end_epoch_ms)])


def waiting_of(stretches: Sequence[Stretch], end_epoch_ms: int) -> list[Span]:
    """Return when the customer waited in a queue, and no agent talked to them."""
    queued = union(_spans(s for s in stretches if s.purpose == "acd"))
    heard = [s for s in stretches if s.purpose in AGENTS]
    talks = union(_spans(s for s in heard if s.kind not in _SILENT_KINDS))
    return intersection(difference(queued, talks), [(-_FOREVER, end_epoch_ms)])


def began(
    communication_id: str | None, stretches: Sequence[Stretch], duration_ms: int | None
) -> int | None:
    """Return when a recording began of which nothing but its length is known; None for unknown.

    With its leg, or else with the call, if that lasted as long. A recording may begin before its
    leg was connected (10.2 s were seen) or in the middle of it: no agent is named by such a clock.
    """
    if duration_ms is None:
        return None
    own = [s for s in stretches if s.communication_id == communication_id is not None]
    lines = [line for line in map(_connected, (own, stretches)) if line is not None]
    fits = [(abs(end - start - duration_ms), start) for start, end in lines]
    misfit, start = min(fits, key=itemgetter(0), default=(_FIT_MS + 1, 0))
    return start if misfit <= _FIT_MS else None


def _connected(stretches: Sequence[Stretch]) -> Span | None:
    """Return from when to when somebody was on the line; None when it is not over."""
    spans = list(_spans(s for s in stretches if s.kind not in _SILENT_KINDS - {_HOLD}))
    if not spans or any(end == _FOREVER for _, end in spans):
        return None
    return min(start for start, _ in spans), max(end for _, end in spans)


def _talks(heard: Sequence[Stretch], holding: Sequence[Span]) -> dict[Voice, list[Span]]:
    """Return when each voice is heard by the customer; all that have a stretch are in it."""
    found: dict[Voice, list[Span]] = {_voice(s.purpose, s.user_id): [] for s in heard}
    for voice, spans in _by_voice(s for s in heard if _is_consulting(s)).items():
        found[voice] += difference(spans, holding)
    for voice, spans in _by_voice(s for s in heard if _is_open_talk(s)).items():
        found[voice] += spans
    return {voice: union(spans) for voice, spans in found.items()}


def _is_consulting(stretch: Stretch) -> bool:
    """Say whether it is a talk that excludes the customer whenever the customer is on hold."""
    is_talk = stretch.kind not in _SILENT_KINDS
    return is_talk and stretch.purpose in AGENTS and not stretch.is_conference


def _is_open_talk(stretch: Stretch) -> bool:
    return stretch.kind not in _SILENT_KINDS and not _is_consulting(stretch)


def _by_voice(stretches: Iterable[Stretch]) -> dict[Voice, list[Span]]:
    found: dict[Voice, list[Span]] = {}
    for stretch in stretches:
        found.setdefault(_voice(stretch.purpose, stretch.user_id), []).extend(_spans([stretch]))
    return {voice: union(spans) for voice, spans in found.items()}


def _by_voice_of_file(participants: Iterable[Participant]) -> dict[Voice, list[Span]]:
    found: dict[Voice, list[Span]] = {}
    for one in participants:
        if one.purpose not in SILENT:
            start = -_FOREVER if one.start_epoch_ms is None else one.start_epoch_ms
            end = _FOREVER if one.end_epoch_ms is None else one.end_epoch_ms
            found.setdefault(_voice(one.purpose, one.user_id), []).append((start, end))
    return {voice: union(spans) for voice, spans in found.items()}


def _spans(stretches: Iterable[Stretch]) -> Iterator[Span]:
    for stretch in stretches:
        end = _FOREVER if stretch.end_epoch_ms is None else stretch.end_epoch_ms
        yield stretch.start_epoch_ms, end


def _voice(purpose: str, user_id: str | None) -> Voice:
    if purpose in CUSTOMERS:
        return CUSTOMER
    return ("agent", user_id) if purpose in AGENTS else (purpose, None)
