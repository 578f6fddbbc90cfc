"""A call's legs, phases, recordings and phrases tell one story."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.plan import CUSTOMER, MACHINE
from recordings_pipeline.simulator.shape import shape_named
from recordings_pipeline.simulator.timeline import CONSULT, HOLD, IVR, TALK
from recordings_pipeline.simulator.world import World

DAY = date(2026, 1, 31)
HOSTILE = World(5, shape_named("hostile"))
CALLS = [call for call in HOSTILE.calls(DAY) if call.phases and call.length_ms < 3_600_000]


def with_trait(*traits: str) -> list[Call]:
    return [call for call in CALLS if all(call.has(trait) for trait in traits)]


def test_phases_cover_a_recording_without_gaps() -> None:
    for call in CALLS:
        edges = [(phase.start_ms, phase.end_ms) for phase in call.phases]
        assert edges[0][0] == 0
        assert all(before[1] == after[0] for before, after in pairwise(edges))
        assert call.first is not None
        assert call.first.duration_ms == edges[-1][1]


def test_every_phrase_lies_in_a_phase_in_which_its_speaker_is_on_the_line() -> None:
    for call in CALLS:
        for phrase in call.plan.phrases if call.plan else ():
            inside = [
                phase
                for phase in call.phases
                if phase.start_ms <= phrase.start_ms and phrase.end_ms <= phase.end_ms
            ]
            assert len(inside) == 1
            if phrase.speaker == MACHINE:
                assert inside[0].kind == IVR
            elif phrase.speaker != CUSTOMER:
                assert int(phrase.speaker) in inside[0].agents


def test_an_agent_is_on_the_call_whenever_that_agent_speaks() -> None:
    for call in with_trait("transfer") + with_trait("conference"):
        legs = [leg for leg in call.legs if leg.kind in ("agent", "transfer")]
        for phrase in call.plan.phrases if call.plan else ():
            if phrase.speaker not in (CUSTOMER, MACHINE):
                leg = legs[int(phrase.speaker)]
                assert leg.start <= call.recording_start + timedelta(milliseconds=phrase.start_ms)
                assert leg.end >= call.recording_start + timedelta(milliseconds=phrase.end_ms)


@pytest.mark.parametrize(
    ("trait", "kind"), [("ivr", IVR), ("hold", HOLD), ("consult", CONSULT)], ids=str
)
def test_a_long_call_has_the_phase_its_trait_promises(trait: str, kind: str) -> None:
    long = [c for c in with_trait(trait) if c.length_ms > 90_000 and not c.has("outbound")]

    assert long
    assert all(kind in {phase.kind for phase in call.phases} for call in long)


def test_a_conference_has_talk_with_both_agents() -> None:
    long = [call for call in with_trait("conference") if call.length_ms > 60_000]

    assert long
    for call in long:
        assert {p.agents for p in call.phases if p.kind == TALK} == {(0,), (0, 1)}


def test_every_recording_of_a_world_has_an_id_of_its_own_that_leads_to_it() -> None:
    recordings = [found for call in HOSTILE.calls(DAY) for found in call.recordings]

    assert len({found.id for found in recordings}) == len(recordings)
    assert all(HOSTILE.recording(found.id) == found for found in recordings)


def test_a_voicemail_is_the_customer_alone() -> None:
    calls = with_trait("voicemail")

    assert calls
    for call in calls:
        assert {leg.purpose for leg in call.legs} <= {"customer", "ivr", "voicemail"}
        speakers = {phrase.speaker for phrase in call.plan.phrases} if call.plan else set()
        assert speakers <= {CUSTOMER, MACHINE}


@pytest.mark.parametrize("trait", ["german", "japanese", "arabic"])
def test_another_language_has_words_beyond_ascii(trait: str) -> None:
    calls = [call for call in with_trait(trait) if call.plan and len(call.plan.phrases) > 3]

    assert calls
    for call in calls:
        text = " ".join(phrase.text for phrase in call.plan.phrases) if call.plan else ""
        assert not text.isascii()
