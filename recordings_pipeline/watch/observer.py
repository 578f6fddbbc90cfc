"""Listens to the export directory and journals each audio file once.

Events are hints: a flood of 60,000 files lost two thirds of them, silently. So every event only
says "look", and what is true is the directory itself, scanned at the start, after events, and every
minute. Files appear under their final names whole, so that a name is an arrival.
"""

import threading
from datetime import UTC, datetime
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from recordings_pipeline.core import layout
from recordings_pipeline.watch.journal import append_arrivals, journaled_names

RESCAN_S = 60.0
# Events of one flood come together; one scan after them is enough.
CALM_S = 1.0


class _Bell(FileSystemEventHandler):
    def __init__(self, rung: threading.Event) -> None:
        self._rung = rung

    def on_any_event(self, event: FileSystemEvent) -> None:
        del event
        self._rung.set()


def watch(root: Path, stop: threading.Event) -> None:
    """Journal arrivals below a data directory until ``stop`` is set.

    Args:
        root: The data directory.
        stop: Ends the watch at the next look, a second later at most.
    """
    audio = root / layout.AUDIO
    audio.mkdir(parents=True, exist_ok=True)
    known = journaled_names(root / layout.JOURNAL)
    rung = threading.Event()
    observer = Observer()
    observer.schedule(_Bell(rung), str(audio), recursive=True)
    observer.start()
    try:
        waited_s = 0.0
        journal_new_files(root, known)
        while not stop.wait(CALM_S):
            waited_s += CALM_S
            if rung.is_set() or waited_s >= RESCAN_S:
                rung.clear()
                waited_s = 0.0
                journal_new_files(root, known)
    finally:
        observer.stop()
        observer.join()


def journal_new_files(root: Path, known: set[str]) -> list[str]:
    """Journal the audio files that are not in ``known`` yet, add them to it, and return them."""
    audio = root / layout.AUDIO
    found = {
        file.relative_to(root).as_posix()
        for file in audio.glob("date=*/*/*")
        if file.is_file() and not file.is_symlink()
    }
    new = sorted(found - known)
    if new:
        append_arrivals(root / layout.JOURNAL, new, datetime.now(UTC))
        known.update(new)
    return new
