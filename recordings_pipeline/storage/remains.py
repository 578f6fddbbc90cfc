"""Everything below the data directory that belongs to some conversations, found and removed."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.ingest import METADATA, described_by
from recordings_pipeline.core.sealing import SUFFIX
from recordings_pipeline.storage.archive import REASON, below
from recordings_pipeline.storage.durable import sync_directory
from recordings_pipeline.storage.foreign_file import small_content
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.parts import left_keys

# What people, and the vendor, write beside recordings: whose it is may be told inside only.
_MOST_TEXT_BYTES = 65_536
_TEXTS = (METADATA, REASON)


class Remains:
    """Files of some conversations of a day, each with the conversation it belongs to.

    Args:
        home: The data directory.
        day: Their day; None where nobody indexed them: they have what was dropped, and no more.
        recordings: Their recordings, by conversation.
    """

    def __init__(
        self, home: Home, day: Day | None, recordings: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._home = home
        self._day = day
        self._recordings = recordings
        self._whose = {id_: id_ for id_ in recordings}
        self._whose |= {id_: whose for whose, ids in recordings.items() for id_ in ids}

    def found(self) -> Iterator[tuple[str, PurePosixPath]]:
        """Yield conversation and path of each file; a path may come twice."""
        if self._day is not None:
            yield from self._of_day(self._day)
        for folder in (layout.INCOMING_QUARANTINE, layout.INCOMING):
            yield from self._named(folder)
        yield from self._parts()

    def _of_day(self, day: Day) -> Iterator[tuple[str, PurePosixPath]]:
        for whose, ids in self._recordings.items():
            for folder in _folders(day, whose):
                yield from ((whose, PurePosixPath(path)) for path in below(self._home, folder))
            for id_ in ids:
                plain = layout.raw_transcript_path(day, id_)
                yield whose, plain
                yield whose, plain.with_name(plain.name + SUFFIX)
            yield from ((whose, layout.call_page(id_)) for id_ in (whose, *ids))
        yield from self._named(layout.quarantine_folder(day))

    def remove(self) -> dict[str, tuple[int, int]]:
        """Remove all of it, and return files and bytes by conversation; run it again at any time.

        Bytes are not overwritten: what a disk keeps of removed files is the disk's matter.
        """
        folders = set()
        removed: dict[str, tuple[int, int]] = {}
        for whose, path in list(self.found()):
            size = self._size(path)
            if size is None:
                continue
            self._home.path(path).unlink(missing_ok=True)
            folders.add(self._home.path(path).parent)
            count, total = removed.get(whose, (0, 0))
            removed[whose] = (count + 1, total + size)
        for folder in sorted(folders, reverse=True):
            sync_directory(folder)
        self._remove_folders()
        return removed

    def survey(self) -> dict[str, tuple[int, int]]:
        """Return files and bytes by conversation, and touch nothing."""
        sizes = {path: (whose, self._size(path)) for whose, path in self.found()}
        counted: dict[str, tuple[int, int]] = {}
        for whose, size in sizes.values():
            if size is not None:
                count, total = counted.get(whose, (0, 0))
                counted[whose] = (count + 1, total + size)
        return counted

    def _parts(self) -> Iterator[tuple[str, PurePosixPath]]:
        folder = self._home.path(layout.PARTS)
        left_keys(folder)  # a record of several parts names others as well: each gets its own
        for path in folder.iterdir():
            name = PurePosixPath(path.name.lstrip("."))
            whose = self._whose.get(layout.recording_of(name))
            if whose is not None:
                yield whose, layout.PARTS / path.name

    def _named(self, folder: PurePosixPath) -> Iterator[tuple[str, PurePosixPath]]:
        """Yield what names one of the conversations: in its path, or in a text beside it."""
        for path in map(PurePosixPath, below(self._home, folder)):
            whose = self._told_by(str(path))
            if whose is None and path.name.endswith(_TEXTS):
                content = small_content(self._home.path(path), _MOST_TEXT_BYTES)
                whose = self._told_by(content.decode(errors="replace"))
                about = path.with_suffix("") if path.suffix == REASON else described_by(path)
                if whose is not None and about is not None:
                    yield whose, about
                    yield whose, about.with_name(about.name + REASON)
            if whose is not None:
                yield whose, path

    def _told_by(self, text: str) -> str | None:
        ids = (match.group() for match in layout.ID.finditer(text.lower()))
        return next((self._whose[id_] for id_ in ids if id_ in self._whose), None)

    def _size(self, path: PurePosixPath) -> int | None:
        try:
            return os.lstat(self._home.path(path)).st_size
        except OSError:
            return None

    def _remove_folders(self) -> None:
        if self._day is None:
            return
        for whose in self._recordings:
            for folder in _folders(self._day, whose):
                path = self._home.path(folder)
                for current, _, _ in os.walk(path, topdown=False):
                    with suppress(OSError):  # a link, or something came meanwhile
                        os.rmdir(current)  # noqa: PTH106 (a text)
                if path.parent.is_dir():
                    sync_directory(path.parent)


def _folders(day: Day, conversation_id: str) -> tuple[PurePosixPath, PurePosixPath]:
    """Return the folders that are called after a conversation."""
    audio = layout.AUDIO / f"date={day}" / conversation_id
    return audio, layout.raw_incoming_folder(day, conversation_id)
