"""Processes of a host share what is known of the API allowance."""

import multiprocessing
from pathlib import Path

import pytest

from recordings_pipeline.core.allowance import Window
from recordings_pipeline.storage.shared_window import SharedWindow, window_path

PROCESSES, ENTRIES = 4, 250


def enter(window: Window) -> tuple[Window, None]:
    return Window(window.number, window.allowed, window.used, window.in_flight + 1), None


def reading(store: SharedWindow) -> Window:
    return store.change(lambda window: (window, window))


def enter_often(path: Path) -> None:
    store = SharedWindow(path)
    for _ in range(ENTRIES):
        store.change(enter)
    store.close()


def test_a_change_is_seen_by_whoever_opens_the_file_next(tmp_path: Path) -> None:
    first, second = (SharedWindow(tmp_path / "a.window") for _ in range(2))
    known = Window(7, 300, 120, 3, 1234.5, 1200.25)

    first.change(lambda _: (known, None))

    assert reading(second) == known
    first.close()
    second.close()


def test_no_change_of_any_process_is_lost(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    path = tmp_path / "a.window"
    workers = [context.Process(target=enter_often, args=(path,)) for _ in range(PROCESSES)]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    store = SharedWindow(path)
    assert reading(store).in_flight == PROCESSES * ENTRIES
    store.close()


@pytest.mark.parametrize("content", [b"", b"torn", b"x" * 56], ids=["new", "torn", "foreign"])
def test_a_file_that_says_nothing_is_an_unknown_window(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.window"
    path.write_bytes(content)
    store = SharedWindow(path)

    assert reading(store) == Window()
    store.close()


def test_a_change_that_fails_changes_nothing(tmp_path: Path) -> None:
    store = SharedWindow(tmp_path / "a.window")
    store.change(lambda _: (Window(used=5), None))

    with pytest.raises(ZeroDivisionError):
        store.change(lambda window: (window, 1 // 0))

    assert reading(store) == Window(used=5)
    store.close()


def test_each_client_has_a_window_of_its_own_whose_name_tells_nothing() -> None:
    paths = {
        window_path(client, url) for client in ("a", "b") for url in ("https://x", "https://y")
    }

    assert len(paths) == 4
    assert not any("https" in path.name for path in paths)


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "private" / "a.window"
    SharedWindow(path).close()

    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
