"""The journal is read on from a byte, whatever happened to it in between."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.watch.journal import append_arrivals, journaled_names, read_arrivals

NOW = datetime(2026, 2, 1, tzinfo=UTC)
NAMES = [f"audio/date=2026-01-{day}/c/r.wav" for day in (10, 11)]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "watch" / "journal.jsonl"
    append_arrivals(path, NAMES, NOW)
    return path


def test_a_journal_nobody_began_has_no_arrivals(tmp_path: Path) -> None:
    arrivals = read_arrivals(tmp_path / "none", start=7, most_days=20)

    assert (arrivals.days, arrivals.end) == ((), 7)
    assert journaled_names(tmp_path / "none") == set()


@pytest.mark.parametrize(
    ("beyond", "days"),
    [(-1, 0), (0, 0), (1, 2)],
    ids=["inside the last line", "at the end", "behind the end: it was replaced"],
)
def test_only_a_shorter_journal_is_read_from_its_beginning(
    journal: Path, beyond: int, days: int
) -> None:
    size = journal.stat().st_size

    arrivals = read_arrivals(journal, start=size + beyond, most_days=20)

    assert len(arrivals.days) == days
    assert arrivals.end == size


@pytest.mark.parametrize(
    "line",
    ["not json", "[]", '{"name": 1}', '{"name": "audio/x.wav"}', '{"name": "date=2026-13-01/x"}'],
    ids=["no JSON", "no object", "no name", "a name without a day", "no such day"],
)
def test_a_line_that_names_no_day_is_read_over(journal: Path, line: str) -> None:
    with journal.open("a") as file:
        file.write(f"{line}\n")
    append_arrivals(journal, ["audio/date=2026-01-12/c/r.wav"], NOW)

    arrivals = read_arrivals(journal, start=0, most_days=20)

    assert arrivals.days[-1] == Day.from_key("2026-01-12")
    assert arrivals.end == journal.stat().st_size


def test_a_tick_that_has_all_its_days_reads_on_to_the_first_line_of_another(journal: Path) -> None:
    append_arrivals(journal, [NAMES[1], NAMES[0], "audio/date=2026-01-12/c/r.wav"], NOW)
    others = sum(len(line) for line in journal.read_bytes().splitlines(keepends=True)[:4])

    arrivals = read_arrivals(journal, start=0, most_days=2)

    assert [str(day) for day in arrivals.days] == ["2026-01-10", "2026-01-11"]
    assert arrivals.end == others


def test_what_is_journaled_is_known_by_name(journal: Path) -> None:
    assert journaled_names(journal) == set(NAMES)


def test_an_arrival_after_a_torn_line_is_not_lost(journal: Path) -> None:
    end = journal.stat().st_size
    with journal.open("a") as file:
        file.write('{"name": "audio/da')
    append_arrivals(journal, NAMES[:1], NOW)

    assert read_arrivals(journal, start=end, most_days=20).days == (Day.from_key("2026-01-10"),)
