"""Pictures of a day's numbers say what they show, and nothing that is rare disappears."""

import re
from xml.etree import ElementTree as ET

import pytest

from recordings_pipeline.core.bar_pictures import hours_picture, outcomes_picture


def texts(picture: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(picture) if text.tag.endswith("text")]


def widths(picture: str) -> list[float]:
    return [float(width) for width in re.findall(r"M\d+ \d+h([\d.]+)v", picture)]


def test_each_outcome_has_a_bar_with_its_name_and_number_and_other_counts_have_none() -> None:
    picture = outcomes_picture({"exported": 1234, "missing": 2, "seconds": 9, "erased": 0})

    assert texts(picture) == ["exported", "1,234", "missing", "2"]


def test_one_recording_among_many_can_still_be_seen() -> None:
    longest, shortest = widths(outcomes_picture({"exported": 1_000_000, "quarantined": 1}))

    assert longest > 400
    assert shortest == 2


def test_an_hour_is_as_high_as_it_is_busy_and_the_largest_is_written_out() -> None:
    picture = hours_picture([0] * 9 + [40, 1_200] + [0] * 13)

    assert texts(picture) == ["1,200", "00:00", "06:00", "12:00", "18:00", "24:00"]
    assert len(re.findall(r"V\d+z", picture)) == 2
    heights = [136 - float(top) for top in re.findall(r"136V([\d.]+)h", picture)]
    assert heights[0] == pytest.approx(heights[1] * 40 / 1_200, abs=0.1)


def test_a_day_without_recordings_is_a_picture_as_well() -> None:
    assert texts(hours_picture([0] * 24))[0] == "0"
    assert texts(outcomes_picture({})) == []
