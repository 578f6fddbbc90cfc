"""Throughput as a picture: one bar for each interval in which something came."""

from xml.etree import ElementTree as ET

import pytest

from recordings_pipeline.core.picture import throughput_picture
from recordings_pipeline.core.timeline import MOST_INTERVALS, Timeline

SVG = "{http://www.w3.org/2000/svg}"


def drawn(timeline: Timeline) -> tuple[list[str], list[str]]:
    """Return a picture's words and its bars."""
    root = ET.fromstring(throughput_picture(timeline))
    words = [str(text.text) for text in root.iter(f"{SVG}text")]
    (bars,) = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("fill")]
    return words, bars.split("M")[1:]


def test_the_scale_has_room_for_the_best_interval_and_the_axis_for_the_last() -> None:
    words, bars = drawn(Timeline(0.5, (0, 25_000_000, 0, 30_000_000)))

    assert words == ["MB/s", "0", "20", "40", "60", "80", "0", "1 s", "2 s"]
    assert len(bars) == 2


@pytest.mark.parametrize(
    ("count", "top"), [(1, "1e-06"), (1_000_000, "1"), (1_000_001, "2"), (99_000_000, "100")]
)
def test_the_scale_ends_with_a_round_number(count: int, top: str) -> None:
    words, _ = drawn(Timeline(1.0, (count,)))

    assert words[5] == top


def test_a_bar_is_as_high_as_its_share_of_the_scale() -> None:
    _, (whole, half) = drawn(Timeline(1.0, (4_000_000, 2_000_000)))

    (top, bottom), (middle, _) = (
        [float(part.split("h")[0].rstrip("z")) for part in bar.split("V")[1:]]
        for bar in (whole, half)
    )
    assert middle == (top + bottom) / 2


def test_nothing_and_very_much_can_be_drawn() -> None:
    assert drawn(Timeline())[1] == []
    most = Timeline(3_600.0, (10**13,) * MOST_INTERVALS)
    assert len(drawn(most)[1]) == MOST_INTERVALS
    assert len(throughput_picture(most)) < 12_000
