"""Turns add up; unknown is None."""

from recordings_pipeline.core.metrics import conversation_metrics, covered_ms
from recordings_pipeline.core.model import Speaker, Turn


def turn(side: str, start_ms: int, end_ms: int, *, role: str = "", words: int = 10) -> Turn:
    speaker = Speaker(role or {"internal": "agent", "external": "customer"}[side], None, False)  # noqa: FBT003
    return Turn(side, speaker, start_ms, end_ms, 1, words)


def test_nothing_said_is_unknown_not_zero() -> None:
    metrics = conversation_metrics([])

    assert metrics.turn_count == 0
    assert metrics.agent_talk_ms is None
    assert metrics.silence_ms is None


def test_talk_overtalk_and_silence_are_told_apart() -> None:
    metrics = conversation_metrics(
        [
            [
                turn("internal", 0, 6_000),
                turn("external", 5_000, 8_000),
                turn("internal", 9_000, 9_500),
            ]
        ]
    )

    assert metrics.agent_talk_ms == 6_500
    assert metrics.customer_talk_ms == 3_000
    assert metrics.overtalk_ms == 1_000
    assert metrics.silence_ms == 1_000
    assert metrics.longest_agent_turn_ms == 6_000
    assert metrics.agent_talk_ratio == round(6_500 / 9_500, 4)


def test_a_machine_is_no_agent() -> None:
    metrics = conversation_metrics([[turn("internal", 0, 4_000, role="ivr")]])

    assert metrics.ivr_talk_ms == 4_000
    assert metrics.agent_talk_ms == 0
    assert metrics.agent_words_per_minute is None


def test_two_legs_have_clocks_of_their_own() -> None:
    metrics = conversation_metrics([[turn("internal", 0, 1_000)], [turn("external", 0, 1_000)]])

    assert metrics.overtalk_ms == 0


def test_what_is_covered_twice_counts_once() -> None:
    assert covered_ms([(0, 10), (5, 15), (20, 30)]) == 25
