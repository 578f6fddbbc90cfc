"""Transcripts read back out of the day's published tables, for those whose files are encrypted."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.columns import Schema
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.sorted_groups import SortedGroups
from recordings_pipeline.core.speech import Transcript
from recordings_pipeline.core.speech_schemas import SPEECH_EVENTS, TRANSCRIPTS, WORDS
from recordings_pipeline.core.standings import ToldRecording
from recordings_pipeline.core.told_again import (
    EVENT_COLUMNS,
    PHRASE_COLUMNS,
    WORD_COLUMNS,
    Rest,
    transcript_again,
)
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.reading import is_published_as, values_in_order

_TABLES = ((TRANSCRIPTS, PHRASE_COLUMNS), (WORDS, WORD_COLUMNS), (SPEECH_EVENTS, EVENT_COLUMNS))
_RECORDING = itemgetter(1)

Values = tuple[Any, ...]


class ToldTables:
    """A day's three tables of what was said, read side by side, a conversation at a time.

    Ask for recordings in the order of the tables. They are read while others take their place.
    """

    def __init__(self, home: Home, day: Day) -> None:
        self._groups = [_groups(home, schema, day, names) for schema, names in _TABLES]
        self._conversation_id = ""
        self._rows: list[dict[str, list[Values]]] = []

    def of(self, told: ToldRecording, rest: Rest) -> Transcript | None:
        """Return a recording's transcript; None when the tables do not have all of it.

        Raises:
            MalformedPayload: A table is not sorted.
        """
        if told.conversation_id != self._conversation_id:
            self._conversation_id = told.conversation_id
            self._rows = [_by_recording(groups.of(told.conversation_id)) for groups in self._groups]
        phrases, words, events = (rows.get(told.recording_id, []) for rows in self._rows)
        return transcript_again(told, rest, phrases, words, events)


def _groups(home: Home, schema: Schema, day: Day, names: Sequence[str]) -> SortedGroups:
    path: Path = home.path(layout.table_path(schema.name, day))
    # A damaged table, or one of another version, tells nothing.
    rows = values_in_order(path, names) if is_published_as(path, schema) else ()
    return SortedGroups(schema.name, rows)


def _by_recording(rows: list[Values]) -> dict[str, list[Values]]:
    ordered = sorted(rows, key=_RECORDING)
    return {id_: list(group) for id_, group in groupby(ordered, key=_RECORDING)}
