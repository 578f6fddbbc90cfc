"""Overtalk, silence and waiting, found between turns."""

import pytest

from recordings_pipeline.core.marks import Mark, marks_of
from recordings_pipeline.core.speech import SpeechEvent, Turn
from tests.spoken import AGENT, CUSTOMER, MACHINE, event, turn


@pytest.mark.parametrize(("end_ms", "count"), [(1_299, 0), (1_300, 1)])
def test_overtalk_lasts_300_ms_or_longer(end_ms: int, count: int) -> None:
    turns = [turn(AGENT, 0, end_ms), turn(CUSTOMER, 1_000, 2_000)]

    assert marks_of(turns, (), 9_000) == (Mark("overtalk", 1_000, end_ms),) * count


@pytest.mark.parametrize(("start_ms", "count"), [(3_999, 0), (4_000, 1)])
def test_a_silence_lasts_3_s_or_longer(start_ms: int, count: int) -> None:
    turns = [turn(AGENT, 0, 1_000), turn(AGENT, start_ms, 9_000)]

    assert marks_of(turns, (), 9_000) == (Mark("silence", 1_000, start_ms),) * count


@pytest.mark.parametrize(
    ("turns", "events", "expected"),
    [
        ([turn(MACHINE, 0, 2_000), turn(CUSTOMER, 0, 2_000)], [], []),
        ([turn(AGENT, 0, 1), turn(AGENT, 9_000, 9_001)], [event("hold", 2_000, 8_000)],
         [Mark("hold", 2_000, 8_000)]),
        ([turn(AGENT, 0, 1)], [event("secure_pause", 5_000, None)],
         [Mark("secure_pause", 5_000, 60_000)]),
        ([turn(AGENT, 20_000, 30_000)], [event("topic", 0, 9)], []),
        ([turn(AGENT, 0, 9_000), turn(AGENT, 1_000, 2_000), turn(CUSTOMER, 1_000, 2_000)], [],
         [Mark("overtalk", 1_000, 2_000)]),
        ([], [], []),
    ],
    ids=["machines talk over nobody", "waiting is no silence", "a wait may have no end",
         "silence is between words", "one side at once with itself is no overtalk", "nothing"],
)  # fmt: skip
def test_marks_are_what_a_person_would_mark(
    turns: list[Turn], events: list[SpeechEvent], expected: list[Mark]
) -> None:
    assert marks_of(turns, events, 60_000) == tuple(expected)
