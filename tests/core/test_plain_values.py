"""Values become text that nothing obeys; only JSON keeps them as they are."""

import json
from datetime import UTC, date, datetime

import pytest

from recordings_pipeline.core.plain_values import cell, json_line, shown

INSTANT = datetime(2026, 1, 31, 9, 30, 15, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (0.25, "0.25"),
        (2.0, "2"),
        (-7, "-7"),
        (INSTANT, "2026-01-31 09:30:15.250Z"),
        (date(2026, 1, 31), "2026-01-31"),
        (["a", None], "[a, ]"),
        ("two\nlines", "two lines"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("\u202eabc", "abc"),
    ],
)
def test_a_person_reads_values_on_one_line_without_commands(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-x", "@SUM(A1)", "\t=1+1", "\r=1", " =1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text)[0] == "'"


@pytest.mark.parametrize("value", [-5, 0.1, -1.5, 12_345_678_901, True, None])
def test_numbers_stay_numbers(value: object) -> None:
    assert "'" not in cell(value)
    assert cell(value) in {"", "true", repr(value)}


def test_json_is_exact_and_ascii() -> None:
    said = "=x \x1b[31m \x9b ü\n"

    line = json_line(("a", "b"), (said, INSTANT))

    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line) == {"a": said, "b": "2026-01-31T09:30:15.250000+00:00"}
