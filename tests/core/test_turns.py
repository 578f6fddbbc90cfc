"""Phrases and voice activity become turns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_pipeline.core.speech import Speaker, Turn
from recordings_pipeline.core.turns import (
    bursts_as_turns,
    joined,
    overlaps_ms,
)

AGENT = Speaker("agent", "a", is_ambiguous=False)
OTHER = Speaker("agent", "b", is_ambiguous=False)
EITHER = Speaker("agent", None, is_ambiguous=True, candidates=("a", "b"))
CUSTOMER = Speaker("customer", None, is_ambiguous=False)
IVR = Speaker("ivr", None, is_ambiguous=False)


def said(
    speaker: Speaker, start_ms: int, end_ms: int, words: int = 3, confidence: float | None = 0.9
) -> Turn:
    """Return a phrase as a turn of its own."""
    side = "external" if speaker == CUSTOMER else "internal"
    return Turn(side, speaker, start_ms, end_ms, 1, words, confidence)


def held(speaker: Speaker, start_ms: int, end_ms: int) -> Turn:
    side = "external" if speaker == CUSTOMER else "internal"
    return Turn(side, speaker, start_ms, end_ms, 1, 1, 0.9)


@pytest.mark.parametrize(
    ("gap_ms", "expected_turns"),
    [(499, 1), (500, 1), (501, 2)],
    ids=["below the limit", "at the limit", "above the limit"],
)
def test_silence_ends_a_turn_only_above_the_limit(gap_ms: int, expected_turns: int) -> None:
    phrases = [said(AGENT, 0, 1_000), said(AGENT, 1_000 + gap_ms, 3_000)]

    assert len(joined(phrases, max_gap_ms=500)) == expected_turns


def test_an_interruption_splits_the_turn() -> None:
    phrases = [
        said(AGENT, 0, 900), said(CUSTOMER, 400, 600), said(AGENT, 950, 1_200)
    ]  # fmt: skip

    turns = joined(phrases)

    assert [(t.side, t.start_ms, t.end_ms) for t in turns] == [
        ("internal", 0, 900), ("external", 400, 600), ("internal", 950, 1_200)
    ]  # fmt: skip


def test_a_transfer_ends_the_turn_of_the_first_agent() -> None:
    phrases = [said(AGENT, 0, 900), said(OTHER, 1_000, 1_900)]

    turns = joined(phrases)

    assert [turn.speaker for turn in turns] == [AGENT, OTHER]


def test_doubt_is_a_turn_of_its_own_with_its_candidates() -> None:
    speakers = {0: AGENT, 1_000: EITHER, 2_000: EITHER}

    turns = joined(said(speaker, at, at + 900) for at, speaker in speakers.items())

    assert [(turn.speaker.candidates, turn.phrase_count) for turn in turns] == [
        ((), 1), (("a", "b"), 2)
    ]  # fmt: skip


def test_confidence_is_averaged_over_words() -> None:
    phrases = [
        said(AGENT, 0, 900, words=3, confidence=0.9),
        said(AGENT, 1_000, 1_900, words=1, confidence=0.5),
        said(AGENT, 2_000, 2_900, words=4, confidence=None),
    ]

    (turn,) = joined(phrases)

    assert (turn.confidence, turn.word_count, turn.phrase_count) == (0.8, 8, 3)


def test_a_shorter_phrase_within_a_longer_one_does_not_end_it() -> None:
    phrases = [
        said(AGENT, 0, 5_000),
        said(AGENT, 100, 200),
        said(AGENT, 6_000, 7_000),
    ]

    (turn,) = joined(phrases)

    assert (turn.start_ms, turn.end_ms) == (0, 7_000)


def test_a_negative_limit_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="max_gap_ms"):
        joined([], max_gap_ms=-1)


def test_what_the_audio_tells_has_no_words() -> None:
    bursts = [("internal", 0, 900), ("internal", 1_000, 2_000), ("external", 2_100, 2_500)]

    def speaker_at(side: str, at_ms: int) -> Speaker:
        return CUSTOMER if side == "external" else IVR if at_ms < 950 else AGENT

    turns = joined(bursts_as_turns(bursts, speaker_at))

    assert [(t.speaker, t.start_ms, t.end_ms) for t in turns] == [
        (IVR, 0, 900), (AGENT, 1_000, 2_000), (CUSTOMER, 2_100, 2_500)
    ]  # fmt: skip
    assert {(t.phrase_count, t.word_count, t.confidence) for t in turns} == {(None, None, None)}


whole = st.integers(min_value=0, max_value=30)
turns_of_all = st.lists(
    st.builds(
        lambda speaker, start, length: held(speaker, start, start + length),
        st.sampled_from([AGENT, OTHER, CUSTOMER]),
        whole,
        whole,
    )
)


@given(turns_of_all)
def test_an_overlap_is_the_time_of_a_turn_in_which_another_speaks(turns: list[Turn]) -> None:
    turns.sort(key=lambda turn: turn.start_ms)

    expected = [
        sum(
            any(o.speaker != turn.speaker and o.start_ms <= at < o.end_ms for o in turns)
            for at in range(turn.start_ms, turn.end_ms)
        )
        for turn in turns
    ]

    assert overlaps_ms(turns) == expected


@given(turns_of_all, whole)
def test_nothing_that_was_said_is_lost(spoken: list[Turn], gap_ms: int) -> None:
    turns = joined(spoken, max_gap_ms=gap_ms)

    assert sum(turn.phrase_count or 0 for turn in turns) == len(spoken)
    assert [turn.start_ms for turn in turns] == sorted(turn.start_ms for turn in turns)
    for one in spoken:
        assert any(
            t.speaker == one.speaker and t.start_ms <= one.start_ms and one.end_ms <= t.end_ms
            for t in turns
        )
