"""The tables of voice activity: what is known already is kept, the rest is listened to."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.columns import Schema
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.sealing import CANNOT_HEAR, ENCRYPTED, Locked, is_sealed
from recordings_pipeline.core.speech_schemas import AUDIO_CHANNELS, VOICE_ACTIVITY
from recordings_pipeline.core.voice.rows import (
    UNREADABLE,
    AudioFile,
    FileHeard,
    Recorded,
    activity_rows,
    channel_rows,
    is_unchanged,
)
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.in_order import in_order
from recordings_pipeline.stages.listening import Listener
from recordings_pipeline.stages.unsealing import readable
from recordings_pipeline.storage.extras import can_decode_aac
from recordings_pipeline.storage.published import PublishedRows
from recordings_pipeline.storage.sound_decoders import CannotListen
from recordings_pipeline.storage.tables import TableWriter, publish_together

_KEY = ("conversation_id", "recording_id")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is to do: recordings with sound, and whether the tables know all of it."""

    total: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """A recording and its published rows; None where it has to be listened to."""

    recorded: Recorded
    activity: list[Row] | None
    channels: list[Row] | None


@dataclass(frozen=True, slots=True)
class _Rows:
    """A recording's rows; none of them when somebody asked to stop before it was its turn."""

    activity: list[Row]
    channels: list[Row]
    is_new: bool = False
    is_left: bool = False


class VoiceTables:
    """The two tables of one day; without a listener they hold what was heard before."""

    def __init__(self, export: Export, day: Day, listener: Listener | None) -> None:
        self._export = export
        self._day = day
        self._listener = listener
        self._decodes_aac = can_decode_aac()
        self._opens_sealed = export.keys.identity is not None

    def survey(self) -> Survey:
        """Compare the files of the day with both tables; no sound is touched."""
        activity = self._published(VOICE_ACTIVITY, only_keys=True)
        channels = self._published(AUDIO_CHANNELS)
        total, is_known = 0, True
        for recorded in self._export.ledger.sounds.of(self._day):
            total += 1
            rows, found = activity.of(recorded.key), channels.of(recorded.key)
            is_known = self._is_unchanged(recorded, found, rows) and is_known
        is_exact = channels.is_over and not channels.has_passed
        is_readable = activity.is_readable and channels.is_readable
        return Survey(total, is_known and is_exact and is_readable)

    def publish(self, total: int) -> int:
        """Write both tables, and return how many recordings were listened to.

        Raises:
            Interrupted: A person asked to stop; the tables hold what was known until then.
        """
        new = done = 0
        is_left, interrupt = False, None
        with ExitStack() as stack:
            activity, channels = (
                stack.enter_context(TableWriter(self._path(schema), schema))
                for schema in (VOICE_ACTIVITY, AUDIO_CHANNELS)
            )
            try:
                for rows in self._rows():
                    activity.add_rows(rows.activity)
                    channels.add_rows(rows.channels)
                    new, is_left = new + rows.is_new, is_left or rows.is_left
                    done += not rows.is_left
                    self._export.reached(VOICE_ACTIVITY.name, done, total)
            except BaseException as error:
                if isinstance(error, Exception):
                    raise
                interrupt = error
            publish_together((activity, channels))
        if interrupt is not None:
            raise interrupt
        if is_left:
            raise Interrupted
        return new

    def _rows(self) -> Iterator[_Rows]:
        workers = len(os.sched_getaffinity(0))
        return in_order(self._known(), self._done, workers=workers, stop=self._export.stop)

    def _known(self) -> Iterator[_Known]:
        activity, channels = self._published(VOICE_ACTIVITY), self._published(AUDIO_CHANNELS)
        for recorded in self._export.ledger.sounds.of(self._day):
            rows, found = activity.of(recorded.key), channels.of(recorded.key)
            is_readable = activity.is_readable and channels.is_readable
            if is_readable and self._is_unchanged(recorded, found, rows):
                yield _Known(recorded, rows, found)
            else:
                yield _Known(recorded, None, None)

    def _done(self, known: _Known) -> _Rows:
        """Listen to a recording, unless its rows are known; called in any thread."""
        if known.activity is not None and known.channels is not None:
            return _Rows(known.activity, known.channels)
        if self._listener is None:
            return _Rows([], [])
        try:
            found = [self._heard(self._listener, file) for file in known.recorded.files]
        except Interrupted:
            return _Rows([], [], is_left=True)
        channels = channel_rows(known.recorded, found, self._listener.detector)
        return _Rows(list(activity_rows(known.recorded, found)), list(channels), is_new=True)

    def _heard(self, listener: Listener, file: AudioFile) -> FileHeard:
        if self._export.stop.is_set():
            raise Interrupted
        if is_sealed(file.path) and not self._opens_sealed:
            return FileHeard(file, CANNOT_HEAR)
        try:
            with readable(self._export.home, self._export.keys, file.path) as path:
                return FileHeard(file, listener.hear(path, self._export.stop))
        except Locked as error:
            return FileHeard(file, f"{ENCRYPTED}{error.problem}")
        except CannotListen as error:
            return FileHeard(file, error.problem)
        except OSError as error:
            return FileHeard(file, f"{UNREADABLE}: {error.strerror}")

    def _is_unchanged(self, recorded: Recorded, channels: list[Row], activity: list[Row]) -> bool:
        if self._opens_sealed and any(map(_was_locked, channels)):
            return False
        # Who cannot listen once more keeps what was heard.
        is_open = self._opens_sealed or not any(map(_is_sealed, recorded.files))
        can_listen = self._listener is not None and is_open
        return is_unchanged(
            recorded,
            channels,
            self._listener.detector if self._listener is not None and can_listen else None,
            has_activity=bool(activity),
            decodes_aac=self._decodes_aac,
        )

    def _published(self, schema: Schema, *, only_keys: bool = False) -> PublishedRows:
        return PublishedRows(self._path(schema), schema, _KEY, only_keys=only_keys)

    def _path(self, schema: Schema) -> Path:
        return self._export.home.path(layout.table_path(schema.name, self._day))


def _is_sealed(file: AudioFile) -> bool:
    return is_sealed(file.path)


def _was_locked(row: Row) -> bool:
    """Say whether a file was not heard because nobody could open it."""
    return (row["problem"] or "").startswith(ENCRYPTED)
