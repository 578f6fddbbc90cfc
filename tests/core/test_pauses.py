"""Pauses of a recording come from its annotations, as far as those can be understood."""

from typing import Any

import pytest

from recordings_pipeline.core import wire
from recordings_pipeline.core.pauses import (
    Pause,
    pauses_as_texts,
    pauses_from,
    pauses_from_texts,
)

ID = "11111111-1111-4111-8111-111111111111"
SECURE = {"reason": "SecurePause", "type": "pause", "location": 500, "durationMs": 2_000}


def test_a_secure_pause_lies_where_the_recording_has_it_after_its_cuts() -> None:
    cut = {**SECURE, "recordingLocation": 300, "recordingDurationMs": 0}

    assert pauses_from([SECURE]) == (Pause(500, 2_500, "secure_pause"),)
    assert pauses_from([cut]) == (Pause(300, 300, "secure_pause"),)


def test_a_pause_may_be_told_by_its_type_alone() -> None:
    assert pauses_from([{**SECURE, "reason": None}]) == (Pause(500, 2_500, "pause"),)


def test_pauses_are_sorted_and_told_once_although_they_share_an_id() -> None:
    later = {**SECURE, "location": 9_000}

    found = pauses_from([later, SECURE, later])

    assert [pause.start_ms for pause in found] == [500, 9_000]


@pytest.mark.parametrize(
    "annotations",
    [
        None,
        "pause",
        ["pause"],
        [{}],
        [{**SECURE, "reason": "Hold"}],
        [{**SECURE, "reason": "FlowOrQueue"}],
        [{**SECURE, "location": -1}],
        [{**SECURE, "durationMs": 10**30}],
        [{**SECURE, "durationMs": True}],
        [{**SECURE, "location": "500"}],
        [{**SECURE, "location": 0.5}],
        [{"reason": {"a": 1}, "location": 0, "durationMs": 1}],
    ],
)
def test_what_is_no_pause_or_has_no_place_tells_nothing(annotations: Any) -> None:  # noqa: ANN401
    (recording,) = wire.recordings([{"id": ID, "annotations": annotations}], ID)

    assert recording.pauses == ()


def test_no_recording_has_more_than_a_thousand() -> None:
    assert len(pauses_from([{**SECURE, "location": n} for n in range(5_000)])) == 1_000


def test_what_is_written_down_is_read_back() -> None:
    pauses = (Pause(1, 2, "pause"), Pause(3, 4, "secure_pause"))

    assert tuple(pauses_from_texts(pauses_as_texts(pauses) or ())) == pauses
    assert pauses_as_texts(()) is None
