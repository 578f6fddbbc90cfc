"""Whoever speaks on a call is a person or a machine, and everybody thinks so of the same ones."""

import pytest

from recordings_pipeline.core.cast import Cast
from recordings_pipeline.core.heard import TRANSCRIPT, Heard, metrics_row
from recordings_pipeline.core.hues import hue_of
from recordings_pipeline.core.marks import marks_of
from recordings_pipeline.core.purposes import MACHINES
from recordings_pipeline.core.speech import Speaker, Turn
from recordings_pipeline.core.transcript_phrases import side_of
from tests.core.test_heard import CALL, CUSTOMER, START, said
from tests.spoken import conversation

NAMES = ["acd", "botflow", "dialer", "ivr", "voicemail", "voicesurveyflow", "workflow"]


def test_these_are_the_machines() -> None:
    assert sorted(MACHINES) == NAMES


@pytest.mark.parametrize("purpose", NAMES)
def test_a_machine_is_one_wherever_it_speaks(purpose: str) -> None:
    machine = Speaker(purpose, None, is_ambiguous=False)
    turns = [Turn("internal", machine, 0, 4_000, 1, 10, 0.9), said(CUSTOMER, 1, 3)]

    row = metrics_row(CALL, [Heard("one", "leg-customer", TRANSCRIPT, START, turns)])

    assert side_of(purpose) == "internal"
    assert (row["ivr_talk_ms"], row["agent_talk_ms"], row["agent_word_count"]) == (4_000, 0, 0)
    assert marks_of(turns, (), 60_000) == ()
    assert hue_of(machine, Cast(conversation())) == "machine"
