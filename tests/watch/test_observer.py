"""The watcher notices what comes, alone, and accounts for every file once, whoever kills it."""

import json
import os
import resource
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.watch.heartbeat import lives, only_watcher
from recordings_pipeline.watch.observer import watch
from tests.watching import journal_of, line_count, names, put, watcher

DAY = "audio/date=2026-01-30"
# How often a test looks for a line before it gives up: minutes.
_LOOKS = 6_000


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


def until(root: Path, count: int, thread: threading.Thread) -> None:
    """Return when the journal has so many lines; the test fails when the watch ends before."""
    for _ in range(_LOOKS):
        if line_count(root) >= count:
            return
        thread.join(0.02)
        assert thread.is_alive()
    raise AssertionError("the file was never journaled")


def test_what_comes_while_somebody_watches_is_journaled_however_it_comes(tmp_path: Path) -> None:
    put(tmp_path, f"{DAY}/c/before.wav")
    moved = put(tmp_path, "elsewhere/new/d/moved.wav")

    with watching(tmp_path) as thread:
        until(tmp_path, 1, thread)
        put(tmp_path, f"{DAY}/c/closed.wav")
        put(tmp_path, f"{DAY}/another/deep/er/closed.wav")
        part = put(tmp_path, "incoming/.renamed.wav")
        part.rename(tmp_path / "incoming" / "renamed.wav")
        moved.parent.parent.rename(tmp_path / "incoming" / "folder")
        until(tmp_path, 5, thread)

    assert names(tmp_path) == dict.fromkeys(
        [
            f"{DAY}/c/before.wav",
            f"{DAY}/c/closed.wav",
            f"{DAY}/another/deep/er/closed.wav",
            "incoming/renamed.wav",
            "incoming/folder/d/moved.wav",
        ],
        1,
    )


def test_a_watcher_says_that_it_lives_and_takes_it_back(tmp_path: Path) -> None:
    put(tmp_path, f"{DAY}/c/r.wav")

    with watching(tmp_path) as thread:
        until(tmp_path, 1, thread)
        assert lives(tmp_path)
        told = json.loads((tmp_path / "watch" / "heartbeat.json").read_text())

    assert told.keys() >= {"time", "process_id", "journaled", "growing"}
    assert not lives(tmp_path)


def test_a_second_watcher_of_the_directory_is_one_sentence(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()

    with only_watcher(tmp_path), pytest.raises(ConfigurationError, match="is watched by another"):
        watch(tmp_path, stop)


@contextmanager
def few_descriptors(count: int) -> Generator[None]:
    """Let this process open so many files more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208
    fillers: list[int] = []
    while not fillers or fillers[-1] <= max(used) + count:
        fillers.append(os.open(os.devnull, os.O_RDONLY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (fillers[-1] + 1, before[1]))
    for _ in range(count):
        os.close(fillers.pop())
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for descriptor in fillers:
            os.close(descriptor)


def test_where_the_system_has_no_watches_to_give_the_watcher_looks_without(tmp_path: Path) -> None:
    put(tmp_path, f"{DAY}/c/r.wav")
    said: list[str] = []
    stop = threading.Event()
    before = threading.active_count()

    def hear(sentence: str) -> None:
        said.append(sentence)
        stop.set()

    with few_descriptors(6):  # lock, journal, and one emitter of two
        watch(tmp_path, stop, say=hear)

    assert [text.partition(" (")[0] for text in said] == ["no events from the system"]
    assert threading.active_count() == before
    assert journal_of(tmp_path).exists()


def drop(root: Path, count: int) -> Iterator[str]:
    """Write files as different programs do: at once, and under another name first."""
    for number in range(count):
        day, call = 1 + number % 28, number // 500
        folder = "incoming" if number % 5 == 0 else f"audio/date=2026-01-{day:02}/{call}"
        path = root / folder / f"{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number % 2:
            part = path.with_name(f".{path.name}")
            part.write_bytes(b"RIFF")
            part.rename(path)
        else:
            path.write_bytes(b"RIFF")
        yield path.relative_to(root).as_posix()


@pytest.mark.parametrize(
    ("count", "kills"), [(2_000, 2), pytest.param(100_000, 5, marks=pytest.mark.slow)]
)
def test_every_file_is_journaled_once_while_watchers_are_killed(
    tmp_path: Path, count: int, kills: int
) -> None:
    made = drop(tmp_path, count)
    names_made = [next(made) for _ in range(count // 2)]
    dropper = threading.Thread(target=lambda: names_made.extend(made))
    dropper.start()

    for kill in range(kills):
        with watcher(tmp_path) as found:
            found.until(1 + kill * count // (2 * kills))
            found.kill()
    dropper.join()
    with watcher(tmp_path) as found:
        found.until(count)

    assert names(tmp_path) == dict.fromkeys(names_made, 1)
    assert len(names_made) == count
