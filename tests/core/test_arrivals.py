"""What counts as an arrival, what is never opened, and what a cursor remembers."""

import pytest

from recordings_pipeline.core.arrivals import (
    Entry,
    Position,
    arrival_id,
    is_passed_over,
    position_from,
    position_text,
    refusal,
    told_name,
)
from recordings_pipeline.core.days import Day

FIRST, SECOND = "5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e", "5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d60"
OURS = f"audio/date=2026-01-31/{FIRST}/{SECOND}.wav"


def arrived(name: str) -> Entry:
    return Entry("0" * 32, "arrived", name, 4, "2026-02-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("name", "is_hidden"),
    [
        ("r.wav", False),
        ("r-2.opus", False),
        ("date=2026-01-31", False),
        ("conversation_id=c0ffee00", False),
        ("r.opus_metadata.json", False),
        (".parts", True),
        (".r.wav.Xy12", True),
        ("r.wav.part", True),
        ("r.wav.PARTIAL", True),
        ("r.opus.6fB2a1C3", True),
        ("r.wav~", True),
    ],
)
def test_what_is_hidden_or_unfinished_is_passed_over(name: str, is_hidden: bool) -> None:  # noqa: FBT001
    assert is_passed_over(name) is is_hidden


@pytest.mark.parametrize(
    ("name", "kind", "size", "reason"),
    [
        ("audio/r.wav", "file", 4, ""),
        ("audio/r.wav", "file", 4_000_000_000, ""),
        ("audio/r.wav", "file", 4_000_000_001, "larger than any recording"),
        ("audio/r.wav", "FIFO", 0, "a FIFO, not a file"),
        ("audio/a\nb.wav", "file", 4, "control characters"),
        ("audio/a\x1b[2J.wav", "file", 4, "control characters"),
        ("audio/\udcff.wav", "file", 4, "no UTF-8"),
    ],
)
def test_what_is_no_plain_file_with_a_plain_name_is_refused(
    name: str, kind: str, size: int, reason: str
) -> None:
    found = refusal(name, kind, size)

    assert reason in found
    assert bool(reason) is bool(found)


def test_a_file_that_is_replaced_is_another_arrival_and_a_second_look_is_none() -> None:
    same, again = arrival_id("a", 1, 2), arrival_id("a", 1, 2)

    assert same == again
    assert len({same, arrival_id("b", 1, 2), arrival_id("a", 2, 2), arrival_id("a", 1, 3)}) == 4


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (OURS, OURS),
        (f"incoming/Call of +49 170 1234567/{FIRST}.wav", f"a file of {FIRST} in incoming/"),
        ("incoming/+49 170 1234567.wav", "a file in incoming/"),
        ("audio/date=2026-01-31/Smith/x.wav", "a file in audio/"),
    ],
)
def test_the_audit_log_names_ids_and_nothing_that_people_wrote(name: str, told: str) -> None:
    assert told_name(arrived(name)) == told


@pytest.mark.parametrize(
    ("name", "day"),
    [
        (OURS, Day.from_key("2026-01-31")),
        ("audio/date=yesterday/c/r.wav", None),
        ("audio/r.wav", None),
        ("incoming/date=2026-01-31/r.wav", None),
    ],
)
def test_only_a_folder_among_the_audio_names_a_day(name: str, day: Day | None) -> None:
    assert arrived(name).day == day


def test_a_cursor_comes_back_as_it_was_and_stays_small() -> None:
    days = {f"2026-01-{day:02}": "ab12cd34:123456789" for day in range(1, 21)}
    position = Position("ab12cd34", 123_456_789, OURS, days, is_owed=True, looked="2026-02-01T05")

    assert position_from(position_text(position)) == position
    assert len(position_text(position)) < 1_000


@pytest.mark.parametrize("text", [None, "", "1234", "no cursor", '{"page": 1}', "[1]"])
def test_what_is_no_cursor_begins_at_the_front(text: str | None) -> None:
    assert position_from(text) == Position()
