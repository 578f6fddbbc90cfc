"""What everybody did on a conversation's legs is read, kept, and read back as it was."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings_pipeline.core.speech import Stretch
from recordings_pipeline.core.stretches import (
    stretches_as_text,
    stretches_from_text,
    stretches_of,
)

AGENT, LEG = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
NOON_MS = 1_769_860_800_000
TALK = {"segmentType": "interact", "segmentStart": "2026-01-31T12:00:00.000Z", "conference": True}

ids = st.one_of(st.none(), st.uuids().map(str))
times = st.integers(min_value=0, max_value=2**42)
stretches = st.lists(
    st.builds(
        Stretch,
        purpose=st.sampled_from(["agent", "customer", "ivr"]),
        user_id=ids,
        communication_id=ids,
        kind=st.sampled_from(["interact", "hold", "alert"]),
        start_epoch_ms=times,
        end_epoch_ms=st.one_of(st.none(), times),
        is_conference=st.booleans(),
    )
)


def told(segment: dict[str, Any], **session: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    leg = {"sessionId": LEG, "mediaType": "voice", **session, "segments": [segment]}
    return [{"purpose": "agent", "userId": AGENT, "sessions": [leg]}]


def test_a_stretch_lasts_from_its_start_to_its_end() -> None:
    ended = {**TALK, "segmentEnd": "2026-01-31T12:00:01.500Z"}

    assert stretches_of(told(ended)) == (
        Stretch("agent", AGENT, LEG, "interact", NOON_MS, NOON_MS + 1_500, is_conference=True),
    )


def test_a_stretch_that_goes_on_has_no_end() -> None:
    (stretch,) = stretches_of(told(TALK))

    assert stretch.end_epoch_ms is None


@pytest.mark.parametrize("start", [None, "yesterday", "2026-01-31T12:00:00", 5])
def test_a_stretch_whose_start_cannot_be_read_is_left_out(start: object) -> None:
    assert stretches_of(told({**TALK, "segmentStart": start})) == ()


def test_a_leg_without_voice_tells_nothing_of_speakers() -> None:
    assert stretches_of(told(TALK, mediaType="screenshare")) == ()


def test_hostile_texts_are_as_good_as_absent() -> None:
    participants = told({**TALK, "segmentType": "x" * 99}, sessionId="\ud800")
    participants[0] |= {"purpose": "=cmd|", "userId": "../../etc/passwd"}

    (stretch,) = stretches_of(participants)

    assert (stretch.purpose, stretch.kind) == ("unknown", "unknown")
    assert (stretch.user_id, stretch.communication_id) == (None, None)


@given(stretches)
def test_what_was_written_down_is_read_back(found: list[Stretch]) -> None:
    assert stretches_from_text(stretches_as_text(found)) == tuple(found)


def test_the_ids_of_a_leg_are_written_once() -> None:
    talk = Stretch("agent", AGENT, LEG, "interact", NOON_MS, NOON_MS + 1_500)

    text = stretches_as_text([talk] * 5)

    assert text.count(AGENT) == text.count(LEG) == 1
    assert len(text) < 250
