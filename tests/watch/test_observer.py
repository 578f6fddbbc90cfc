"""What counts as an arrival, and when it is noticed."""

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recordings_pipeline.watch.journal import journaled_names
from recordings_pipeline.watch.observer import journal_new_files, watch

DAY = "audio/date=2026-01-30"


def put(root: Path, name: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF")
    return path


@contextmanager
def watching(root: Path) -> Generator[threading.Thread]:
    stop = threading.Event()
    thread = threading.Thread(target=watch, args=(root, stop))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join()


def until_journaled(root: Path, name: str, thread: threading.Thread) -> None:
    """Return when a name is in the journal; the test fails when the watch ends before."""
    while name not in journaled_names(root / "watch" / "journal.jsonl"):
        assert thread.is_alive()
        os.sched_yield()


@pytest.mark.parametrize(
    ("name", "is_arrival"),
    [
        (f"{DAY}/c/r.wav", True),
        (f"{DAY}/c/r-2.ogg", True),
        ("audio/.parts/r.part", False),
        (f"{DAY}/r.wav", False),
        ("quarantine/date=2026-01-30/c/r", False),
    ],
    ids=["a file", "a second file", "a part", "beside the conversations", "in quarantine"],
)
def test_only_a_file_under_its_final_name_is_an_arrival(
    tmp_path: Path,
    name: str,
    is_arrival: bool,  # noqa: FBT001
) -> None:
    put(tmp_path, name)

    assert journal_new_files(tmp_path, set()) == [name] * is_arrival


def test_a_link_is_no_arrival(tmp_path: Path) -> None:
    target = put(tmp_path, "elsewhere/r.wav")
    (tmp_path / DAY / "c").mkdir(parents=True)
    (tmp_path / DAY / "c" / "r.wav").symlink_to(target)

    assert journal_new_files(tmp_path, set()) == []


def test_nothing_new_leaves_the_journal_alone(tmp_path: Path) -> None:
    known = {put(tmp_path, f"{DAY}/c/r.wav").relative_to(tmp_path).as_posix()}

    journal_new_files(tmp_path, known)

    assert not (tmp_path / "watch").exists()


def test_a_file_that_comes_while_somebody_watches_is_journaled(tmp_path: Path) -> None:
    first, second = f"{DAY}/c/first.wav", "audio/date=2026-01-31/new/second.wav"
    put(tmp_path, first)

    with watching(tmp_path) as thread:
        until_journaled(tmp_path, first, thread)
        put(tmp_path, second)
        until_journaled(tmp_path, second, thread)

    journal = (tmp_path / "watch" / "journal.jsonl").read_text()
    assert len(journal.splitlines()) == 2


def test_a_watch_that_begins_again_journals_nothing_twice(tmp_path: Path) -> None:
    put(tmp_path, f"{DAY}/c/r.wav")
    stop = threading.Event()
    stop.set()

    for _ in range(2):
        watch(tmp_path, stop)

    assert len((tmp_path / "watch" / "journal.jsonl").read_text().splitlines()) == 1
