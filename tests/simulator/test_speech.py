"""Any span of a call can be rendered by itself."""

from dataclasses import replace

import numpy as np
import pytest

from recordings_pipeline.simulator.plan import EXTERNAL, INTERNAL, Clip
from recordings_pipeline.simulator.speech import ECHO_SAMPLES, mono, rendered
from recordings_pipeline.simulator.voices import RATE
from tests.listening import Conversation, conversation

MUSIC = Clip(INTERNAL, RATE, 20 * RATE + 5, None, "music")
RING = Clip(EXTERNAL, RATE // 3, 9 * RATE, None, "ring")


def busy_call() -> Conversation:
    """25 s of turns in both directions at once, with music, ringing and no order of time."""
    call = conversation(1, 25)
    late = [replace(clip, at=clip.at + RATE) for clip in call.clips if clip.at < 10 * RATE]
    return replace(call, clips=(MUSIC, *reversed(call.clips), RING, *late))


SPANS = [
    (0, 1),
    (0, ECHO_SAMPLES),
    (ECHO_SAMPLES - 1, ECHO_SAMPLES + 1),
    (16_383, 16_385),
    (RATE, 21 * RATE),
    (79_999, 80_001),
    (25 * RATE - 1, 25 * RATE),
    (7, 7),
]


@pytest.mark.parametrize(("first", "last"), SPANS)
def test_a_span_is_the_same_slice_of_the_whole(first: int, last: int) -> None:
    call = busy_call()

    assert np.array_equal(rendered(call, first, last), rendered(call)[first:last])


def test_any_span_is_the_same_slice_of_the_whole() -> None:
    call = busy_call()
    whole = rendered(call)
    edges = np.random.default_rng(2).integers(0, call.length + 1, (200, 2))

    for first, last in np.sort(edges, axis=1).tolist():
        assert np.array_equal(rendered(call, first, last), whole[first:last])


def test_the_order_of_clips_is_not_heard() -> None:
    call = busy_call()

    assert np.array_equal(
        rendered(call), rendered(replace(call, clips=tuple(reversed(call.clips))))
    )


def test_the_external_side_hears_the_internal_one_back_after_45_ms() -> None:
    call = Conversation(4 * RATE, (Clip(INTERNAL, 0, 4 * RATE, None, "music"),))
    alone = Conversation(4 * RATE)

    echo = rendered(call)[:, EXTERNAL].astype(int) - rendered(alone)[:, EXTERNAL]
    sent = rendered(call)[:, INTERNAL].astype(int) - rendered(alone)[:, INTERNAL]

    assert ECHO_SAMPLES == 360
    assert not echo[:ECHO_SAMPLES].any()
    assert np.array_equal(echo[ECHO_SAMPLES:], sent[:-ECHO_SAMPLES] >> 7)


def test_many_voices_at_once_saturate_instead_of_wrapping_around() -> None:
    call = conversation(1, 8)
    choir = replace(call, clips=call.clips * 40)

    assert np.abs(rendered(choir).astype(int)).max() == 32_767


def test_a_clip_lasts_no_longer_than_its_speech() -> None:
    call = conversation(1, 8)
    stretched = tuple(replace(clip, length=clip.length + 500) for clip in call.clips)

    assert np.array_equal(rendered(replace(call, clips=stretched)), rendered(call))


def test_one_channel_holds_both_sides() -> None:
    stereo = rendered(conversation(1, 8)).astype(int)

    both = mono(rendered(conversation(1, 8)))

    assert both.shape == (8 * RATE, 1)
    assert np.array_equal(both[:, 0], stereo.sum(axis=1).clip(-32_767, 32_767))


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (5, 4), (0, 8 * RATE + 1)])
def test_a_span_beyond_the_call_is_refused(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="of a call of 64000"):
        rendered(conversation(1, 8), first, last)


def test_an_unknown_sound_is_refused() -> None:
    call = Conversation(RATE, (Clip(INTERNAL, 0, RATE, None, "birdsong"),))

    with pytest.raises(ValueError, match="birdsong"):
        rendered(call)
