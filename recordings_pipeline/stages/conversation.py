"""Everything the day's tables say of one conversation, or of one of its recordings, as values.

Tables that are not there yet count as empty: an export is possible as soon as there is an index.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.spoken import SpokenConversation
from recordings_pipeline.core.spoken_rows import recording_of
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage.table_rows import rows_where

Rows = list[dict[str, Any]]
_OF_RECORDING = (
    "audio_files",
    "transcripts",
    "words",
    "diarization",
    "speech_events",
    "audio_channels",
    "voice_activity",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation's rows are; ``recording_id`` when only one recording is meant."""

    day: Day
    conversation_id: str
    recording_id: str | None = None


def place_of(archive: Archive, id_: str, day: Day | None = None) -> Place:
    """Find the day of a conversation or recording: in the ledger, or in the day that is named.

    Raises:
        ConfigurationError: Nobody here knows the id, or it is none.
    """
    id_ = id_.strip().lower()
    if not layout.is_id(id_):
        raise ConfigurationError("ID", "is no id: use the UUID of a conversation or recording")
    if day is None:
        found = archive.ledger.archive.place_of(id_)
        if found is None:
            raise ConfigurationError(
                "ID",
                f"{id_} is no conversation or recording of this archive: choose another --data, "
                "or export its day first",
            )
        key, conversation_id, is_recording = found
        return Place(Day.from_key(key), conversation_id, id_ if is_recording else None)
    index = archive.home.path(layout.table_path("recording_index", day))
    for row in rows_where(index, recording_id=id_):
        return Place(day, row["conversation_id"], id_)
    if rows_where(index, conversation_id=id_):
        return Place(day, id_)
    raise ConfigurationError("ID", f"{id_} is not in the index of {day}: leave --day out")


def conversation_at(archive: Archive, place: Place) -> SpokenConversation:
    """Read a conversation from the tables of its day; recordings are ordered by their start."""
    index = _rows(archive, "recording_index", place)
    first = index[0] if index else {}
    start = first.get("conversation_start_time")
    tables = {name: _rows(archive, name, place) for name in _OF_RECORDING}
    tables["audio_files"] = [row for row in tables["audio_files"] if _is_sound(row)]
    ids = _recording_ids(index, tables, place)
    recordings = [recording_of(id_, _of(tables, id_), start or place.day.start) for id_ in ids]
    return SpokenConversation(
        id=place.conversation_id,
        day=str(place.day),
        start=start,
        direction=first.get("direction"),
        queue_name=first.get("queue_name"),
        ani=first.get("ani"),
        dnis=first.get("dnis"),
        names=_names(archive, index),
        recordings=tuple(sorted(recordings, key=lambda recording: recording.start)),
    )


def _rows(archive: Archive, name: str, place: Place) -> Rows:
    path = archive.home.path(layout.table_path(name, place.day))
    wanted = {"conversation_id": place.conversation_id}
    if place.recording_id is not None:
        wanted["recording_id"] = place.recording_id
    return rows_where(path, **wanted)


def _recording_ids(index: Rows, tables: Mapping[str, Rows], place: Place) -> list[str]:
    """Return which recordings there are: those with sound or words, else what is indexed."""
    if place.recording_id is not None:
        return [place.recording_id]
    heard = [row["recording_id"] for name in _OF_RECORDING for row in tables[name]]
    return list(dict.fromkeys(heard or [row["recording_id"] for row in index]))


def _of(tables: Mapping[str, Rows], recording_id: str) -> Mapping[str, Rows]:
    return {
        name: [row for row in rows if row.get("recording_id") == recording_id]
        for name, rows in tables.items()
    }


def _is_sound(row: Mapping[str, Any]) -> bool:
    """Say whether a row of the manifest is an audio file: screens and texts are no sound."""
    return row.get("path") is not None and row.get("channels") is not None


def _names(archive: Archive, index: Rows) -> dict[str, str]:
    """Return what people are called: as the index says, else as the ledger remembers."""
    told = {row.get("agent_user_id"): row.get("agent_name") for row in index}
    known = {id_: name for id_, name in told.items() if id_ and name}
    return {**archive.ledger.names.all(), **known}
