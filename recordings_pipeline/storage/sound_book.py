"""A day's recordings that have sound, read so that memory does not grow with the day."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, and_, or_, select

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.voice.rows import AudioFile, Recorded
from recordings_pipeline.storage import ledger_tables as tables
from recordings_pipeline.storage.ledger_engine import storing

# Each page sorts the day's ids again: 50 ms for 100,000.
_PAGE = 5_000
_RECORDINGS, _FILES = tables.recordings.c, tables.files.c
# What chats and e-mails are exported as.
_WRITTEN = ("zip", "json", "eml")
_FILE = ("file_number", "path", "sha256", "duration_ms")


class SoundBook:
    """Reads in pages: no transaction stays open that would keep the write-ahead log growing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, day: Day) -> Iterator[Recorded]:
        """Yield the recordings with audio files, ordered by conversation and recording."""
        last = ("", "")
        while page := self._page(day, last):
            for key, rows in groupby(page, key=_key):
                found = list(rows)
                files = (AudioFile(*(row[name] for name in _FILE)) for row in found)
                yield Recorded(*key, found[0]["communication_id"], tuple(files))
            last = _key(page[-1])

    def _page(self, day: Day, after: tuple[str, str]) -> list[Mapping[str, Any]]:
        """Return the files of the next recordings; all files of one are on the same page."""
        is_next = or_(
            _RECORDINGS.conversation_id > after[0],
            and_(_RECORDINGS.conversation_id == after[0], _RECORDINGS.recording_id > after[1]),
        )
        order = (_RECORDINGS.conversation_id, _RECORDINGS.recording_id)
        is_sound = _FILES.container.is_(None) | _FILES.container.not_in(_WRITTEN)
        has_sound = select(_FILES.recording_id).where(
            _FILES.recording_id == _RECORDINGS.recording_id, is_sound
        )
        chosen = (
            select(*order, _RECORDINGS.communication_id)
            .where(_RECORDINGS.day == day.key, is_next, has_sound.exists())
            .order_by(*order)
            .limit(_PAGE)
            .subquery()
        )
        query = (
            select(chosen, *(_FILES[name] for name in _FILE))
            .join(tables.files, _FILES.recording_id == chosen.c.recording_id)
            .where(is_sound)
            .order_by(chosen.c.conversation_id, chosen.c.recording_id, _FILES.file_number)
        )
        with storing(self._engine), self._engine.connect() as db:
            return [dict(row) for row in db.execute(query).mappings()]


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["conversation_id"], row["recording_id"]
