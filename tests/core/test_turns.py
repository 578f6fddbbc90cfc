"""Phrases become turns."""

import pytest

from recordings_pipeline.core.model import Participant, Phrase
from recordings_pipeline.core.turns import turns_from_phrases


def said(side: str, start_ms: int, end_ms: int) -> Phrase:
    return Phrase("t", 0, side, start_ms, end_ms, start_ms, "…", "…", 0.9, 3)


@pytest.mark.parametrize(
    ("gap_ms", "expected_turns"),
    [(499, 1), (500, 1), (501, 2)],
    ids=["below the limit", "at the limit", "above the limit"],
)
def test_silence_ends_a_turn_only_above_the_limit(gap_ms: int, expected_turns: int) -> None:
    phrases = [said("internal", 0, 1_000), said("internal", 1_000 + gap_ms, 3_000)]

    assert len(turns_from_phrases(phrases, [], max_gap_ms=500)) == expected_turns


def test_an_interruption_splits_the_turn() -> None:
    phrases = [
        said("internal", 0, 900), said("external", 400, 600), said("internal", 950, 1_200)
    ]  # fmt: skip

    turns = turns_from_phrases(phrases, [], max_gap_ms=500)

    assert [(t.side, t.start_ms, t.end_ms) for t in turns] == [
        ("internal", 0, 900), ("external", 400, 600), ("internal", 950, 1_200)
    ]  # fmt: skip


def test_a_transfer_ends_the_turn_of_the_first_agent() -> None:
    agents = [Participant("agent", "u1", 0, 1_000), Participant("agent", "u2", 1_000, 9_000)]
    phrases = [said("internal", 0, 900), said("internal", 1_000, 1_900)]

    turns = turns_from_phrases(phrases, agents, max_gap_ms=500)

    assert [turn.speaker.user_id for turn in turns] == ["u1", "u2"]


def test_two_agents_at_once_stay_ambiguous() -> None:
    agents = [Participant("agent", "u1", 0, 5_000), Participant("agent", "u2", 0, 5_000)]

    (turn,) = turns_from_phrases([said("internal", 0, 900)], agents, max_gap_ms=500)

    assert turn.speaker.is_ambiguous
    assert turn.speaker.user_id is None
    assert turn.speaker.role == "agent"


def test_a_negative_gap_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        turns_from_phrases([], [], max_gap_ms=-1)
