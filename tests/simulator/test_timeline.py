"""Clips are found by time."""

import numpy as np

from recordings_pipeline.simulator.plan import INTERNAL, Clip
from recordings_pipeline.simulator.timeline import KEPT_TIMELINES, Timeline, timeline_of
from tests.listening import conversation


def clips(seed: int, count: int) -> tuple[Clip, ...]:
    rng = np.random.default_rng(seed)
    places = rng.integers(0, 10_000, count).tolist()
    lengths = rng.choice([1, 50, 3_000], count).tolist()
    pairs = zip(places, lengths, strict=True)
    return tuple(Clip(INTERNAL, at, length, None, "music") for at, length in pairs)


def test_it_finds_the_clips_that_a_look_at_every_one_finds() -> None:
    many = clips(1, 500)
    timeline = Timeline(many)
    spans = np.sort(np.random.default_rng(2).integers(0, 14_000, (300, 2)), axis=1).tolist()

    for first, last in spans:
        heard = [c for c in many if c.at < last and c.at + c.length > first]
        assert sorted(timeline.within(first, last), key=id) == sorted(heard, key=id)


def test_nothing_is_heard_in_a_call_without_clips() -> None:
    assert Timeline(()).within(0, 100) == []


def test_asking_again_for_the_same_clips_makes_no_other_timeline() -> None:
    many = clips(1, 50)

    assert timeline_of(many) is timeline_of(many)


def test_a_timeline_that_was_dropped_is_made_again() -> None:
    many = clips(1, 50)
    first = timeline_of(many)
    others = [clips(seed, 2) for seed in range(KEPT_TIMELINES)]

    for other in others:
        timeline_of(other)

    assert timeline_of(many) is not first
    assert timeline_of(many).digest == first.digest


def test_clips_that_sound_different_have_different_digests() -> None:
    call = conversation(1, 8).clips
    sounds = [
        call,
        call[1:],
        (*call[1:], Clip(1 - call[0].channel, call[0].at, call[0].length, call[0].speech)),
        (*call[1:], Clip(call[0].channel, call[0].at + 1, call[0].length, call[0].speech)),
        (*call[1:], Clip(call[0].channel, call[0].at, call[0].length, call[1].speech)),
        (*call[1:], Clip(call[0].channel, call[0].at, call[0].length, None, "ring")),
        (*call[1:], Clip(call[0].channel, call[0].at, call[0].length, None, "music")),
    ]

    assert len({Timeline(sound).digest for sound in sounds}) == len(sounds)
    assert Timeline(call).digest == Timeline(tuple(reversed(call))).digest
