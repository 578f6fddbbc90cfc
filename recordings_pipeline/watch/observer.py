"""Listens to the export directory and journals each file once.

Events are hints: a flood of 60,000 files lost two thirds of them, silently. So an event only says
where to look, and what is true is the directory itself: all of it is looked at when the watch
begins and every minute, or, where that takes long, a twentieth of the time.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from recordings_pipeline.core import layout
from recordings_pipeline.core.arrivals import is_passed_over
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.watch.heartbeat import Heartbeat, only_watcher
from recordings_pipeline.watch.journal import Journal
from recordings_pipeline.watch.look import FOLDERS, Looker

RESCAN_S = 60.0
# Without events, as where the system has no more watches to give.
RESCAN_WITHOUT_EVENTS_S = 5.0
# Events of one flood come together; one look after them is enough.
CALM_S = 1.0
# A look takes at most such a share of the time.
_LOOKS, _RESCANS = 3, 20
# More directories than this are not looked at one by one.
_MOST_FOLDERS = 2_000
_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileClosedEvent,
    FileMovedEvent,
    DirCreatedEvent,
    DirMovedEvent,
]

Say = Callable[[str], None]


def unsaid(_sentence: str) -> None:
    """Tell nobody."""


class _Bell(FileSystemEventHandler):
    """Remembers where to look: directories, with whether what lies below is new as well."""

    def __init__(self, root: Path) -> None:
        self._start = f"{root}/"
        self._lock = threading.Lock()
        self._folders: dict[str, bool] = {}

    def on_any_event(self, event: FileSystemEvent) -> None:
        path = str(event.dest_path or event.src_path).removeprefix(self._start)
        if any(is_passed_over(part) for part in path.split("/")):
            return
        folder = path if event.is_directory else path.rpartition("/")[0]
        with self._lock:
            self._folders[folder] = event.is_directory or self._folders.get(folder, False)

    def taken(self) -> dict[str, bool]:
        with self._lock:
            found, self._folders = self._folders, {}
        return found


def watch(root: Path, stop: threading.Event, *, say: Say = unsaid) -> None:
    """Journal arrivals below a data directory until ``stop`` is set.

    Args:
        root: The data directory.
        stop: Ends the watch at the next look.
        say: Hears what a person should know.

    Raises:
        ConfigurationError: Another process watches the directory.
    """
    for folder in (*FOLDERS, str(layout.WATCH)):
        (root / folder).mkdir(parents=True, exist_ok=True)
    with only_watcher(root) as is_alone:
        if not is_alone:
            raise ConfigurationError("RECORDINGS_DATA", f"is watched by another process: {root}")
        heartbeat, journal = Heartbeat(root), Journal(root / layout.JOURNAL)
        heartbeat.beat(journaled=len(journal), growing=0)
        looker = Looker(
            root, journal, tell=lambda n: heartbeat.beat(journaled=len(journal), growing=n)
        )
        bell = _Bell(root)
        try:
            with _listening(root, bell, say) as observer:
                _watch(looker, bell, observer, stop)
        finally:
            journal.close()
            heartbeat.stop()


def _watch(
    looker: Looker, bell: _Bell, observer: BaseObserver | None, stop: threading.Event
) -> None:
    """Look at everything first, then where events say, and at everything again now and then."""
    took_s = _look_everywhere(looker)
    looked, pause_s = time.monotonic(), CALM_S
    while not stop.wait(pause_s):
        began = time.monotonic()
        folders = dict.fromkeys(looker.growing, False) | bell.taken()
        rescan_s = RESCAN_S if _hears(observer) else RESCAN_WITHOUT_EVENTS_S
        if began - looked >= max(rescan_s, _RESCANS * took_s) or len(folders) > _MOST_FOLDERS:
            took_s = _look_everywhere(looker)
            looked = time.monotonic()
        else:
            for folder, is_deep in folders.items():
                looker.look(folder, is_deep=is_deep)
            looker.beat()
        pause_s = max(CALM_S, _LOOKS * (time.monotonic() - began))


def _look_everywhere(looker: Looker) -> float:
    began = time.monotonic()
    for folder in FOLDERS:
        looker.look(folder)
    looker.beat()
    return time.monotonic() - began


def _hears(observer: BaseObserver | None) -> bool:
    return observer is not None and all(emitter.is_alive() for emitter in observer.emitters)


@contextmanager
def _listening(root: Path, bell: _Bell, say: Say) -> Generator[BaseObserver | None]:
    """Have the system tell of changes; where it has no more watches to give, go without."""
    observer = Observer()
    try:
        for folder in FOLDERS:
            observer.schedule(bell, str(root / folder), recursive=True, event_filter=_EVENTS)
        observer.start()
    except OSError as error:
        observer.unschedule_all()  # or half of them would gather events that nobody takes
        say(f"no events from the system ({error.strerror}): looking every few seconds instead")
        yield None
        return
    try:
        yield observer
    finally:
        observer.stop()
        observer.join()
