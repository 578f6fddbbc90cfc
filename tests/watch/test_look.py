"""What a look journals, what it refuses, and what it lets grow."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from recordings_pipeline.watch.journal import Journal, read_on
from recordings_pipeline.watch.look import FOLDERS, Looker
from recordings_pipeline.watch.looking import walk
from tests.watching import journal_of, names, put

DAY = "audio/date=2026-01-30"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    found = Journal(journal_of(tmp_path))
    yield found
    found.close()


def look(root: Path, journal: Journal, quiet_s: float = 0) -> int:
    looker = Looker(root, journal, quiet_s=quiet_s)
    return sum(looker.look(folder) for folder in FOLDERS)


@pytest.mark.parametrize(
    ("name", "is_arrival"),
    [
        (f"{DAY}/c/r.wav", True),
        (f"{DAY}/r.wav", True),
        ("incoming/r.wav", True),
        ("incoming/o/year=2026/month=1/day=30/hour=1/conversation_id=c/r.opus", True),
        ("audio/.parts/r.part", False),
        ("incoming/.staging/r.wav", False),
        ("incoming/r.wav.part", False),
        ("quarantine/date=2026-01-30/c/r", False),
    ],
)
def test_a_file_under_its_final_name_is_an_arrival(
    tmp_path: Path,
    journal: Journal,
    name: str,
    is_arrival: bool,  # noqa: FBT001
) -> None:
    put(tmp_path, name)

    look(tmp_path, journal)

    assert names(tmp_path) == ({name: 1} if is_arrival else {})


def test_a_file_is_journaled_once_and_once_more_when_it_is_replaced(
    tmp_path: Path, journal: Journal
) -> None:
    name = f"{DAY}/c/r.wav"
    put(tmp_path, name)
    for _ in range(3):
        look(tmp_path, journal)
    put(tmp_path, name, b"another", age_s=30)

    assert look(tmp_path, journal) == 1
    assert names(tmp_path) == {name: 2}


def test_a_file_that_grows_is_journaled_when_it_has_stopped(
    tmp_path: Path, journal: Journal
) -> None:
    path, looker = put(tmp_path, "incoming/r.wav"), Looker(tmp_path, journal, quiet_s=3_600)

    assert [looker.look("incoming") for _ in range(2)] == [0, 0]
    assert looker.growing == {"incoming"}

    # Time passes for who looks, not by the clock of a disk that is ahead.
    still = Looker(tmp_path, journal, quiet_s=0)
    os.utime(path, ns=(2**62, 2**62))
    assert [still.look("incoming") for _ in range(2)] == [0, 1]
    assert still.growing == frozenset()


def test_a_growing_file_that_goes_away_is_forgotten(tmp_path: Path, journal: Journal) -> None:
    path, looker = put(tmp_path, "incoming/r.wav"), Looker(tmp_path, journal, quiet_s=3_600)
    looker.look("incoming")
    path.unlink()

    looker.look("incoming")

    assert looker.growing == frozenset()


def test_what_is_no_plain_file_is_reported_once_and_never_opened(
    tmp_path: Path, journal: Journal
) -> None:
    folder = tmp_path / "incoming"
    target = put(tmp_path, "elsewhere/r.wav")
    folder.mkdir()
    (folder / "link.wav").symlink_to(target)
    (folder / "nowhere.wav").symlink_to(tmp_path / "nothing")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "fifo.wav")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "s.wav"))
    with (folder / "giant.wav").open("wb") as file:
        file.truncate(1 << 40)
    put(tmp_path, "incoming/two\nlines.wav")
    (tmp_path / os.fsdecode(b"incoming/\xff.wav")).write_bytes(b"RIFF")

    for _ in range(2):
        look(tmp_path, journal)

    found = read_on(journal_of(tmp_path), "", 0, most=100).entries
    assert {entry.name: entry.reason.split(":")[0] for entry in found} == {
        "incoming/link.wav": "a symbolic link, not a file",
        "incoming/nowhere.wav": "a symbolic link, not a file",
        "incoming/loop": "a symbolic link, not a file",
        "incoming/fifo.wav": "a FIFO, not a file",
        "incoming/s.wav": "a socket, not a file",
        "incoming/giant.wav": "1099511627776 bytes",
        "incoming/two\\nlines.wav": "its name holds control characters, or bytes that are no UTF-8",
        "incoming/\\xff.wav": "its name holds control characters, or bytes that are no UTF-8",
    }
    assert {entry.kind for entry in found} == {"refused"}
    assert len(found) == 8


def test_a_day_that_was_moved_to_another_disk_is_looked_at(
    tmp_path: Path, journal: Journal
) -> None:
    put(tmp_path, "disk/c/r.wav")
    (tmp_path / "audio").mkdir()
    (tmp_path / DAY).symlink_to(tmp_path / "disk")

    look(tmp_path, journal)

    assert names(tmp_path) == {f"{DAY}/c/r.wav": 1}


def test_a_look_that_ran_out_of_time_goes_on_where_it_stopped(
    tmp_path: Path, journal: Journal
) -> None:
    made = [
        *(f"audio/date=2026-01-{day}/{call}/r.wav" for day in (10, 11) for call in "ab"),
        "audio/z.wav", "incoming/a/b.wav", "incoming/a.wav",
    ]  # fmt: skip
    for name in made:
        put(tmp_path, name)
    looker, after, looks = Looker(tmp_path, journal, quiet_s=0), "", 0

    while (looks == 0 or after) and looks <= len(made) + 1:
        count, after = looker.look_on(after, seconds=-1)
        assert count <= 1
        looks += 1

    assert names(tmp_path) == dict.fromkeys(made, 1)
    assert looks == len(made) + 1


def test_a_walk_after_any_file_yields_what_comes_after_it(tmp_path: Path) -> None:
    for name in ("audio/a/1", "audio/a/2", "audio/a-b", "audio/b/c/3", "audio/b.d"):
        put(tmp_path, name)
    whole = [seen.name for seen in walk(tmp_path, "audio")]

    rests = [[seen.name for seen in walk(tmp_path, "audio", after=name)] for name in whole]

    assert rests == [whole[number + 1 :] for number in range(len(whole))]
