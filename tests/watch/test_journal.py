"""The journal is read on from a byte, whatever happened to it in between."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recordings_pipeline.core.arrivals import Entry, arrival_id
from recordings_pipeline.watch.journal import Journal, entry_of, read_on

NOW = datetime(2026, 2, 1, tzinfo=UTC)
NAMES = [f"audio/date=2026-01-{day}/c/r.wav" for day in (10, 11, 12)]


def entry(name: str, reason: str = "") -> Entry:
    return entry_of(name, 4, NOW, id_=arrival_id(name, 4, 0), reason=reason)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "watch" / "journal.jsonl"
    write(found, *NAMES)
    return found


def write(path: Path, *some: str) -> None:
    journal = Journal(path)
    journal.append([entry(name) for name in some])
    journal.close()


def read(path: Path, journal: str = "", start: int = 0, most: int = 100) -> list[str]:
    return [found.name for found in read_on(path, journal, start, most=most).entries]


def test_a_journal_nobody_began_holds_nothing(tmp_path: Path) -> None:
    found = read_on(tmp_path / "none", "", 0, most=10)

    assert (found.journal, found.end, found.entries) == ("", 0, ())


def test_what_was_written_is_read(path: Path) -> None:
    journal = Journal(path)
    journal.append([entry("incoming/x", "a FIFO, not a file")])
    journal.close()

    *_, last = read_on(path, "", 0, most=100).entries

    assert last == Entry(
        arrival_id("incoming/x", 4, 0), "refused", "incoming/x", 4,
        "2026-02-01T00:00:00.000000+00:00", "a FIFO, not a file", path.stat().st_size,
    )  # fmt: skip


def test_a_reader_goes_on_where_it_stopped(path: Path) -> None:
    first = read_on(path, "", 0, most=2)

    assert [found.name for found in first.entries] == NAMES[:2]
    assert read(path, first.journal, first.end) == NAMES[2:]
    assert read(path, first.journal, path.stat().st_size) == []


def test_another_journal_is_read_from_its_beginning_even_if_it_is_longer(path: Path) -> None:
    before = read_on(path, "", 0, most=100)
    path.unlink()
    write(path, *(f"audio/date=2026-01-{day}/c/r.wav" for day in range(13, 20)))

    found = read_on(path, before.journal, before.end, most=100)

    assert len(found.entries) == 7
    assert found.journal != before.journal


def test_a_journal_that_became_shorter_is_read_from_its_beginning(path: Path) -> None:
    before = read_on(path, "", 0, most=100)
    path.write_bytes(path.read_bytes()[: before.entries[1].end])

    assert read(path, before.journal, before.end) == NAMES[:2]


def test_half_a_line_is_left_for_the_next_reader(path: Path) -> None:
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes() + b'{"id": "0123')

    assert read_on(path, "", 0, most=100).end == whole


@pytest.mark.parametrize("cut", [1, 2, 20, 100])
def test_half_a_line_that_a_kill_has_left_is_cut_off_and_its_file_written_again(
    path: Path, cut: int
) -> None:
    path.write_bytes(path.read_bytes()[:-cut])

    journal = Journal(path)
    is_known = [arrival_id(name, 4, 0) in journal for name in NAMES]
    journal.append([entry(NAMES[2])])
    journal.close()

    assert is_known == [True, True, False]
    assert read(path) == NAMES


@pytest.mark.parametrize(
    "line",
    [
        "no json", "[]", "7", '{"name": 7}', '{"name": "audio/x"}', "\udcff\0",
        '{"id": "zz", "name": "x", "arrived_time": "noon"}',
    ],
)  # fmt: skip
def test_a_line_that_is_none_of_ours_is_read_over(path: Path, line: str) -> None:
    with path.open("ab") as file:
        file.write(line.encode(errors="surrogateescape") + b"\n")
    write(path, "audio/date=2026-01-13/c/r.wav")

    found = read_on(path, "", 0, most=100)

    assert [one.name for one in found.entries] == [*NAMES, "audio/date=2026-01-13/c/r.wav"]
    assert found.end == path.stat().st_size


def test_what_is_in_the_journal_is_not_written_again(path: Path) -> None:
    write(path, *NAMES)

    assert read(path) == NAMES
