"""The world is the same for everybody who asks."""

from datetime import date

import numpy as np

from recordings_pipeline.simulator.plan import EXTERNAL, INTERNAL
from recordings_pipeline.simulator.shape import shape_named
from recordings_pipeline.simulator.speech import rendered
from recordings_pipeline.simulator.voices import RATE
from recordings_pipeline.simulator.world import World

DAY = date(2026, 1, 31)
PLAIN = shape_named("plain").with_calls(12)


def test_equal_seeds_make_equal_bytes() -> None:
    one, other = World(3, PLAIN), World(3, PLAIN)
    call = next(c for c in one.calls(DAY) if c.is_exportable)

    assert call.recording_id is not None
    assert list(one.calls(DAY)) == list(other.calls(DAY))


def test_an_id_leads_to_its_call_without_its_day() -> None:
    call = World(3, PLAIN).calls(DAY)[5]

    assert World(3, PLAIN).find(call.conversation_id) == call
    assert World(3, PLAIN).find("00000000-0000-4000-8000-000000000000") is None


def test_the_last_call_of_a_day_crosses_midnight() -> None:
    call = World(3, PLAIN).calls(DAY)[-1]

    assert call.start.date() == DAY
    assert call.ended.date() > DAY


def test_speech_is_heard_on_its_side_exactly_where_its_words_are() -> None:
    call = next(c for c in World(3, PLAIN).calls(DAY) if c.plan and c.legs[1].purpose != "ivr")
    assert call.plan is not None
    samples = rendered(call.plan).astype(np.float64)
    sides = {"external": (EXTERNAL, INTERNAL), "internal": (INTERNAL, EXTERNAL)}

    for phrase in call.plan.phrases:
        mine, other = sides[phrase.side]
        first, last = (ms * RATE // 1000 for ms in (phrase.start_ms, phrase.end_ms))
        power = (samples[first:last] ** 2).mean(axis=0)
        overlaps = any(
            p.side != phrase.side and p.start_ms < phrase.end_ms and phrase.start_ms < p.end_ms
            for p in call.plan.phrases
        )
        assert power[mine] > 10**5
        assert overlaps or power[other] < power[mine] / 20
