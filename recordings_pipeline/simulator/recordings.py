"""What is kept of a conversation: one recording of the call, and sometimes more."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from recordings_pipeline.simulator.call import AVAILABLE, Recording, codec_of, file_state_of
from recordings_pipeline.simulator.ids import Place, make_id
from recordings_pipeline.simulator.legs import Cast
from recordings_pipeline.simulator.plan import Score
from recordings_pipeline.simulator.timeline import CONSULT, TALK, Phase
from recordings_pipeline.simulator.traits import MEDIA, has

SNIPPET_MS = 5_000


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids a conversation's recordings refer to."""

    conversation_id: str
    communication_id: str
    agent_session_id: str


def recordings_of(cast: Cast, ids: Ids) -> tuple[Recording, ...]:
    """Return what was kept of a conversation, the call itself first."""
    if has(cast.bits, "abandoned"):
        return ()
    medium = next((name for name in MEDIA if has(cast.bits, name)), None)
    if medium is not None:
        return (_main(cast, ids, medium),)
    return (_main(cast, ids, "audio"), *_more(cast, ids))


def planted(cast: Cast, ids: Ids) -> Recording:
    """Return a recording that turns up late: another leg of the same call."""
    return _heard(cast, ids, "planted", cast.phases)


def _main(cast: Cast, ids: Ids, media: str) -> Recording:
    is_audio = media == "audio"
    length_ms = cast.phases[-1].end_ms if is_audio else 0
    return Recording(
        id=_id(cast, "recording"),
        kind="recording",
        conversation_id=ids.conversation_id,
        communication_id=ids.communication_id,
        media=media,
        subtype="Trunk" if is_audio else None,
        file_state=file_state_of(cast.bits),
        codec=codec_of(cast.bits, length_ms) if is_audio else "",
        channels=1 if has(cast.bits, "mono") else 2,
        file_count=2 if has(cast.bits, "two_files") and is_audio else 1,
        is_sensitive=has(cast.bits, "sensitive"),
        start=cast.recorded_at,
        score=_score(cast, "recording", cast.phases) if is_audio else None,
    )


def _more(cast: Cast, ids: Ids) -> Iterator[Recording]:
    consult = next((phase for phase in cast.phases if phase.kind == CONSULT), None)
    if consult is not None:
        yield _consult(cast, ids, consult)
    # It runs on the agent's leg, which a voicemail does not have.
    if has(cast.bits, "second_recording") and not has(cast.bits, "voicemail"):
        second = _heard(cast, ids, "second", cast.phases)
        yield replace(second, subtype="Station", communication_id=ids.agent_session_id)
    if has(cast.bits, "snippet") and not has(cast.bits, "voicemail"):
        yield _snippet(cast, ids)
    if has(cast.bits, "screen"):
        screen = _heard(cast, ids, "screen", cast.phases)
        yield replace(screen, media="screen", subtype="Screen", codec="", score=None)


def _snippet(cast: Cast, ids: Ids) -> Recording:
    """Return the piece an agent recorded: from where the talk with the customer begins."""
    length = min(SNIPPET_MS, cast.phases[-1].end_ms)
    begins = next(phase.start_ms for phase in cast.phases if phase.kind == TALK)
    found = _heard(cast, ids, "snippet", (Phase(TALK, 0, length, (0,)),))
    return replace(found, subtype="Snippet", start=cast.at(begins))


def _consult(cast: Cast, ids: Ids, phase: Phase) -> Recording:
    """Return the recording of the agents' talk while the customer waits."""
    found = _heard(cast, ids, "consulted", ())
    return replace(
        found,
        subtype="Consult",
        start=cast.recorded_at + timedelta(milliseconds=phase.start_ms),
        communication_id=_id(cast, "consult"),
        score=_score(cast, "consulted", (Phase(TALK, 0, phase.length_ms, (0, 1)),)),
    )


def _heard(cast: Cast, ids: Ids, kind: str, phases: tuple[Phase, ...]) -> Recording:
    return Recording(
        id=_id(cast, kind),
        kind=kind,
        conversation_id=ids.conversation_id,
        communication_id=ids.communication_id,
        media="audio",
        subtype="Trunk",
        file_state=AVAILABLE,
        codec="ulaw",
        channels=2,
        file_count=1,
        is_sensitive=False,
        start=cast.recorded_at,
        # Another recording of the same call hears the same words.
        score=_score(cast, "recording", phases),
    )


def _score(cast: Cast, kind: str, phases: tuple[Phase, ...]) -> Score:
    return Score(cast.seed, (cast.day, cast.index, kind), cast.bits, phases)


def _id(cast: Cast, kind: str) -> str:
    return make_id(cast.seed, Place(cast.day, cast.index, kind))
