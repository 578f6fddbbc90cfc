"""Clips are found by time."""

import numpy as np

from recordings_pipeline.simulator.clip_index import KEPT_INDEXES, ClipIndex, index_of
from recordings_pipeline.simulator.plan import INTERNAL, Clip
from tests.listening import conversation


def clips(seed: int, count: int) -> tuple[Clip, ...]:
    rng = np.random.default_rng(seed)
    places = rng.integers(0, 10_000, count).tolist()
    lengths = rng.choice([1, 50, 3_000], count).tolist()
    pairs = zip(places, lengths, strict=True)
    return tuple(Clip(INTERNAL, at, length, None, "music") for at, length in pairs)


def test_it_finds_the_clips_that_a_look_at_every_one_finds() -> None:
    many = clips(1, 500)
    index = ClipIndex(many)
    spans = np.sort(np.random.default_rng(2).integers(0, 14_000, (300, 2)), axis=1).tolist()

    for first, last in spans:
        heard = [c for c in many if c.at < last and c.at + c.length > first]
        assert sorted(index.within(first, last), key=id) == sorted(heard, key=id)


def test_nothing_is_heard_in_a_call_without_clips() -> None:
    assert ClipIndex(()).within(0, 100) == []


def test_asking_again_for_the_same_clips_makes_no_other_index() -> None:
    many = clips(1, 50)

    assert index_of(many) is index_of(many)


def test_a_index_that_was_dropped_is_made_again() -> None:
    many = clips(1, 50)
    first = index_of(many)
    others = [clips(seed, 2) for seed in range(KEPT_INDEXES)]

    for other in others:
        index_of(other)

    assert index_of(many) is not first
    assert index_of(many).digest == first.digest


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

    assert len({ClipIndex(sound).digest for sound in sounds}) == len(sounds)
    assert ClipIndex(call).digest == ClipIndex(tuple(reversed(call))).digest
