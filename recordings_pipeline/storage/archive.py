"""The archive and its quarantine as directories: what lies there, and how it is moved aside."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path, PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.file_kinds import kind_of
from recordings_pipeline.core.verification import printable
from recordings_pipeline.storage.durable import publish_bytes, sync_directory
from recordings_pipeline.storage.home import Home

REASON = ".reason"
_DAY = "date="


def audio_days(home: Home, first: date, last: date) -> list[Day]:
    """Return the days from first to last, both included, that have a directory of audio."""
    return _days(home.path(layout.AUDIO), first, last)


def quarantine_days(home: Home, first: date, last: date) -> list[Day]:
    """Return the days from first to last, both included, that have a quarantine."""
    return _days(home.path(layout.QUARANTINE), first, last)


def _days(folder: Path, first: date, last: date) -> list[Day]:
    if not folder.is_dir():
        return []
    days = [layout.day_of(PurePosixPath(name)) for name in sorted(os.listdir(folder))]  # noqa: PTH208
    return [day for day in days if day is not None and first <= day.date <= last]


def audio_of(home: Home, day: Day) -> Iterator[str]:
    """Yield everything below a day's audio that is no directory, relative to the data directory.

    A link to the day's directory is followed, as somebody may have moved old days to another disk;
    a link below it is something that lies there.
    """
    yield from below(home, layout.AUDIO / f"{_DAY}{day}")


def audio_of_no_day(home: Home) -> Iterator[str]:
    """Yield everything below the audio that is neither a day's nor a part of a download."""
    folder = home.path(layout.AUDIO)
    if not folder.is_dir():
        return
    for name in sorted(os.listdir(folder)):  # noqa: PTH208 (names, not paths)
        path = layout.AUDIO / name
        if path == layout.PARTS or layout.day_of(PurePosixPath(name)) is not None:
            continue
        if home.path(path).is_dir() and not home.path(path).is_symlink():
            yield from below(home, path)
        else:
            yield str(path)


def below(home: Home, folder: PurePosixPath) -> Iterator[str]:
    """Walk without following links; a directory that goes away meanwhile holds nothing.

    Paths stay texts: an object for each of a million files would take longer than the walk.
    """
    waiting = [str(folder)]
    while waiting:
        current = waiting.pop()
        try:
            entries = os.scandir(f"{home.root}/{current}")
        except OSError:
            continue
        with entries:
            for entry in entries:
                path = f"{current}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)
                else:
                    yield path


def set_aside(
    home: Home, path: PurePosixPath, folder: PurePosixPath, reason: str, *, name: str = ""
) -> PurePosixPath | None:
    """Move what has a name into a folder of the quarantine, and write beside it why.

    Nothing there is replaced: a number is added to a name that is taken. The caller holds the
    lock of the day the folder belongs to, so that nobody else takes the name meanwhile.

    Args:
        home: The data directory.
        path: What is moved.
        folder: Where to.
        reason: What is written beside it.
        name: What it is called there, instead of as it was.

    Returns:
        Where it lies now; None when there was nothing to move.
    """
    source = home.path(path)
    if not os.path.lexists(source):
        return None
    home.path(folder).mkdir(parents=True, exist_ok=True)
    target = _free_name(home, folder / (name or path.name))
    # The reason comes first: after a crash in between it tells of a move that did not happen,
    # which is better than bytes nobody can explain.
    publish_bytes(reason_path(home.path(target)), f"{printable(str(path))}: {reason}\n".encode())
    source.rename(home.path(target))
    sync_directory(home.path(target).parent)
    return target


def quarantined(home: Home, day: Day) -> Iterator[tuple[PurePosixPath, int, str]]:
    """Yield what lies in a day's quarantine: path, bytes, and the reason beside it if any."""
    yield from _with_reasons(home, layout.quarantine_folder(day))


def quarantined_incoming(home: Home) -> Iterator[tuple[PurePosixPath, int, str]]:
    """Yield what came through the drop folder and was not taken: path, bytes, and the reason."""
    yield from _with_reasons(home, layout.INCOMING_QUARANTINE)


def _with_reasons(home: Home, folder: PurePosixPath) -> Iterator[tuple[PurePosixPath, int, str]]:
    for path in map(PurePosixPath, sorted(below(home, folder))):
        if path.suffix != REASON:
            reason = reason_path(home.path(path))
            text = reason.read_text().strip() if reason.is_file() else ""
            yield path, os.lstat(home.path(path)).st_size, text


def kind_at(home: Home, path: PurePosixPath) -> str:
    """Name what lies under a path; empty when nothing does."""
    try:
        return kind_of(os.lstat(home.path(path)).st_mode)
    except OSError:
        return ""


def _free_name(home: Home, path: PurePosixPath) -> PurePosixPath:
    name, number = path, 1
    while os.path.lexists(home.path(name)) or os.path.lexists(reason_path(home.path(name))):
        number += 1
        name = path.with_name(f"{path.name}.{number}")
    return name


def reason_path(path: Path) -> Path:
    """Return where it is written why a file was set aside."""
    return path.with_name(path.name + REASON)
