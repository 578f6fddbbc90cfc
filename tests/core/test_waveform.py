"""A recording as SVG: well-formed, in colours that can be told apart, and the same in words."""

from xml.etree import ElementTree as ET

import pytest

from recordings_pipeline.core.cast import Cast
from recordings_pipeline.core.hues import FAINT, HUES, OVERTALK, TEXT
from recordings_pipeline.core.recording_picture import Levels, recording_picture
from recordings_pipeline.core.spoken import SoundFile, SpokenRecording
from recordings_pipeline.core.waveform import COLUMNS, clock_text
from tests.spoken import (
    AGENT,
    COLLEAGUE,
    CUSTOMER,
    EITHER,
    MACHINE,
    conversation,
    event,
    hostile,
    recording,
    turn,
)

SVG = "{http://www.w3.org/2000/svg}"
LOUD = Levels(((0.5,) * COLUMNS, (0.25,) * COLUMNS))


def drawn(made: SpokenRecording, levels: Levels = LOUD) -> ET.Element:
    return ET.fromstring(recording_picture(made, Cast(conversation(made)), levels))


def strokes(root: ET.Element, width: str) -> dict[str, int]:
    """Count lines of a width by colour."""
    found: dict[str, int] = {}
    for path in root.iter(f"{SVG}path"):
        if path.get("stroke-width") == width:
            colour = path.get("stroke", "")
            found[colour] = found.get(colour, 0) + path.get("d", "").count("M")
    return found


def words(root: ET.Element) -> list[str]:
    return [str(text.text) for text in root.iter(f"{SVG}text")]


def test_bars_and_turns_have_the_colour_of_who_speaks() -> None:
    turns = [
        turn(MACHINE, 0, 6_000),
        turn(AGENT, 6_000, 18_000),
        turn(CUSTOMER, 18_000, 30_000),
        turn(COLLEAGUE, 30_000, 36_000),
        turn(EITHER, 36_000, 42_000),
    ]

    root = drawn(recording(turns=turns))

    assert strokes(root, "6") == dict.fromkeys(
        (HUES[name] for name in ("machine", "agent-1", "customer", "agent-2", "other")), 1
    )
    bars = strokes(root, "1.3")
    assert bars[HUES["agent-1"]] == bars[HUES["customer"]] == COLUMNS // 5
    assert bars[HUES["machine"]] == COLUMNS // 10
    assert sum(bars.values()) == 2 * COLUMNS


def test_what_happened_is_labelled_and_told_in_words() -> None:
    turns = [turn(AGENT, 0, 10_000), turn(CUSTOMER, 9_000, 12_000), turn(AGENT, 24_000, 30_000)]

    root = drawn(recording(turns=turns, events=(event("hold", 40_000, 60_000),)))

    assert {"Agent", "Customer", "12 s silence", "on hold 20 s", "0:00", "1:00"} <= {*words(root)}
    assert str(root.findtext(f"{SVG}desc")) == (
        "Agent speaks 27 % of the time; Customer speaks 5 % of the time; both speak once, 1 s; "
        "silence once, 12 s; on hold once, 20 s"
    )
    assert root.get("role") == "img"


def test_a_mono_recording_has_one_lane_and_one_without_sound_its_turns() -> None:
    files = (SoundFile(1, "a.wav", "wav", 1, 60_000, ""),)
    turns = [turn(AGENT, 0, 9_000), turn(CUSTOMER, 9_000, 12_000)]

    mono = drawn(recording(turns=turns, files=files), Levels(((0.5,) * COLUMNS,)))
    silent = drawn(recording(turns=turns), Levels())

    assert "Everybody" in words(mono)
    assert sum(strokes(mono, "1.3").values()) == COLUMNS
    assert strokes(silent, "1.3") == {}
    assert sum(strokes(silent, "6").values()) == 2


@pytest.mark.parametrize("levels", [Levels(((0.0,) * COLUMNS,) * 2), LOUD, Levels()])
def test_anything_can_be_drawn_and_stays_small(levels: Levels) -> None:
    crowd = [turn(AGENT, n * 1_000, n * 1_000 + 600) for n in range(100)]
    crowd += [turn(CUSTOMER, n * 1_000 + 500, n * 1_000 + 900) for n in range(100)]
    nothing = recording(files=())

    assert len(ET.tostring(drawn(recording(turns=crowd), levels))) < 14_000
    assert drawn(nothing, levels).tag == f"{SVG}svg"


def test_hostile_names_are_no_markup() -> None:
    made = hostile()

    root = ET.fromstring(recording_picture(made.recordings[0], Cast(made), LOUD))

    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "path", "rect", "text"}


@pytest.mark.parametrize("colour", [*HUES.values(), FAINT, TEXT, OVERTALK])
@pytest.mark.parametrize("paper", ["#ffffff", "#1b1f26"], ids=["light", "dark"])
def test_colours_can_be_seen_on_light_and_dark_paper(colour: str, paper: str) -> None:
    """Source: WCAG 2.2, success criterion 1.4.11."""
    lighter, darker = sorted((luminance(colour), luminance(paper)), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 3


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("ms", "text"), [(-5, "0:00"), (59_999, "0:59"), (3_599_999, "59:59"), (3_661_000, "1:01:01")]
)
def test_times_are_short(ms: int, text: str) -> None:
    assert clock_text(ms) == text
