"""Exchanged channels, shifted clocks and missing speech are told from a call that agrees."""

import tracemalloc
from collections.abc import Callable

import pytest

from recordings_pipeline.core.voice.agreement import Spoken, agreement

DURATION_MS = 120_000
OTHER = {"internal": "external", "external": "internal"}


def call() -> list[Spoken]:
    """Two sides that take turns of different lengths."""
    lengths = [2_300, 4_100, 1_700, 6_900, 900, 3_300, 5_200, 2_100, 7_400, 1_200]
    found: list[Spoken] = []
    at, sides = 1_000, ["external", "internal"]
    for number in range(30):
        length = lengths[number * 7 % 10] + 137 * number
        if at + length > DURATION_MS:
            break
        found.append((sides[number % 2], at, at + length))
        at += length + 300
    return found


def moved(spoken: list[Spoken], by_ms: int) -> list[Spoken]:
    return [(side, start + by_ms, end + by_ms) for side, start, end in spoken]


def exchanged(spoken: list[Spoken]) -> list[Spoken]:
    return [(OTHER[side], start, end) for side, start, end in spoken]


@pytest.mark.parametrize(
    ("change", "verdict", "shift_ms"),
    [
        (lambda said: said, "agrees", 0),
        (lambda said: moved(said, 200), "agrees", 200),
        (lambda said: moved(said, 2_000), "shifted_clock", 2_000),
        (lambda said: moved(said, -4_500), "shifted_clock", -4_500),
        (exchanged, "swapped_channels", 0),
        (lambda said: moved(exchanged(said), 1_000), "swapped_channels", 1_000),
        (lambda said: said[: len(said) // 2], "missing_speech", 0),
        (lambda said: [one for one in said if one[0] == "external"], "missing_speech", 0),
        (lambda _: [], "missing_speech", None),
        (lambda said: [("internal", e, e + 2_000) for _, _, e in said], "unsure", None),
    ],
    ids=[
        "the same", "a little later", "later", "earlier", "exchanged", "exchanged and later",
        "half of it", "one side of it", "nothing", "another call",
    ],
)  # fmt: skip
def test_what_the_sound_says_is_judged_by_what_was_transcribed(
    change: Callable[[list[Spoken]], list[Spoken]], verdict: str, shift_ms: int | None
) -> None:
    found = agreement(call(), change(call()), DURATION_MS)

    assert found.verdict == verdict
    assert shift_ms is None or found.shift_ms == shift_ms


def test_what_the_transcript_lacks_is_missing_as_well() -> None:
    found = agreement(call()[:8], call(), DURATION_MS)

    assert found.verdict == "missing_speech"
    assert found.transcript_ms < found.audio_ms


def test_a_call_that_agrees_says_by_how_much() -> None:
    found = agreement(call(), call(), DURATION_MS)

    assert (found.agreement, found.swapped_agreement) == (1.0, 0.0)
    assert (
        found.transcript_ms
        == found.audio_ms
        == pytest.approx(sum(end - start for _, start, end in call()), abs=300)
    )


def test_without_speech_there_is_nothing_to_compare() -> None:
    found = agreement([], [], DURATION_MS)

    assert (found.verdict, found.agreement, found.shift_ms) == ("unsure", None, None)


def test_too_little_speech_is_no_ground_for_a_verdict() -> None:
    assert agreement([("internal", 0, 4_000)], [("external", 0, 4_000)], 9_000).verdict == "unsure"


WEEK_MS = 7 * 86_400_000


def test_a_phrase_far_behind_the_sound_costs_no_memory() -> None:
    tracemalloc.start()

    found = agreement([*call(), ("internal", WEEK_MS, WEEK_MS + 3_000)], call(), DURATION_MS)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000
    assert (found.verdict, found.agreement) == ("agrees", 1.0)


def test_speech_that_lies_behind_the_sound_leaves_a_doubt() -> None:
    far = [("internal", 10 * DURATION_MS, 11 * DURATION_MS)]

    assert agreement([*call(), *far], call(), DURATION_MS).verdict == "unsure"


def test_speech_that_is_late_is_still_found_at_the_end() -> None:
    late = moved(call(), 4_500)

    assert agreement(late, call(), DURATION_MS).verdict == "shifted_clock"
