"""Paths stay inside the data directory."""

from pathlib import PurePosixPath

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.layout import audio_path, day_of

DAY = Day.from_key("2026-01-31")
ID = "11111111-1111-4111-8111-111111111111"


def test_a_recording_lies_under_its_day_and_conversation() -> None:
    assert str(audio_path(DAY, ID, ID, 1, "wav")) == f"audio/date=2026-01-31/{ID}/{ID}.wav"
    assert audio_path(DAY, ID, ID, 2, "wav").name == f"{ID}-2.wav"


@pytest.mark.parametrize(
    "hostile", ["../../x", "/etc/passwd", "a\0b", ID.upper().replace("1", "A"), ""]
)
def test_what_is_no_uuid_becomes_no_path(hostile: str) -> None:
    with pytest.raises(ValueError, match="UUID"):
        audio_path(DAY, ID, hostile, 1, "wav")
    with pytest.raises(ValueError, match="UUID"):
        audio_path(DAY, hostile, ID, 1, "wav")


def test_the_day_is_read_back_from_a_path() -> None:
    assert day_of(PurePosixPath(f"audio/date=2026-01-31/{ID}/{ID}.wav")) == DAY
    assert day_of(PurePosixPath("audio/date=nonsense/x.wav")) is None
    assert day_of(PurePosixPath("elsewhere.wav")) is None
