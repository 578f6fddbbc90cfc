"""The world is the same for everybody who asks."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np

from recordings_pipeline.simulator.plan import EXTERNAL, INTERNAL
from recordings_pipeline.simulator.shape import shape_named
from recordings_pipeline.simulator.speech import rendered
from recordings_pipeline.simulator.voices import RATE
from recordings_pipeline.simulator.world import World

DAY = date(2026, 1, 31)
PLAIN = shape_named("plain").with_calls(12)
CROSSTALK = replace(PLAIN, shares={**PLAIN.shares, "crosstalk": 1.0})


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


def test_only_calls_with_crosstalk_hold_long_overlaps_and_murmurs() -> None:
    shape = shape_named("busy").with_calls(60)
    found: dict[bool, list[int]] = {True: [], False: []}
    murmurs = 0

    for call in World(3, shape).calls(DAY):
        phrases = call.plan.phrases if call.plan else ()
        murmurs += sum(phrase.text == "mm hmm" and call.has("crosstalk") for phrase in phrases)
        for number, phrase in enumerate(phrases):
            later = (p for p in phrases[number + 1 : number + 4] if p.side != phrase.side)
            shared = (min(phrase.end_ms, p.end_ms) - p.start_ms for p in later)
            found[call.has("crosstalk")] += [ms for ms in shared if ms > 0]

    assert murmurs > 10
    assert max(found[False]) < 300
    assert sum(400 <= ms <= 900 for ms in found[True]) > 20
    assert max(found[True]) < 1_000


def test_crosstalk_changes_no_other_call() -> None:
    busy = shape_named("busy").with_calls(60)
    shares = {trait: share for trait, share in busy.shares.items() if trait != "crosstalk"}

    pairs = zip(
        World(3, replace(busy, shares=shares)).calls(DAY), World(3, busy).calls(DAY), strict=True
    )

    same = [one == other for one, other in pairs if not other.has("crosstalk")]
    assert len(same) > 40
    assert all(same)


def test_who_cuts_in_never_talks_over_themselves() -> None:
    talking = [c for c in World(3, CROSSTALK).calls(DAY) if c.plan]

    for call in talking:
        assert call.plan is not None
        for channel in (EXTERNAL, INTERNAL):
            clips = sorted((c.at, c.at + c.length) for c in call.plan.clips if c.channel == channel)
            assert all(end <= at for (_, end), (at, _) in pairwise(clips))
    assert len(talking) > 8
