"""Pictures of recordings: of one that somebody asks for, and of a few of a day."""

from heapq import nsmallest

from recordings_pipeline.core import layout
from recordings_pipeline.core.cast import Cast
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.recording_picture import Levels, recording_picture
from recordings_pipeline.core.sealing import Locked
from recordings_pipeline.core.spoken import SpokenConversation, SpokenRecording
from recordings_pipeline.core.waveform import COLUMNS
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.conversation import Place, conversation_at
from recordings_pipeline.stages.unsealing import readable
from recordings_pipeline.storage.levels import levels_of
from recordings_pipeline.storage.table_rows import each_row

# Long enough to show a conversation, short enough to tell its turns apart.
_TELLING_MS = 180_000
# Some are not transcribed: so many more are looked at than are wanted.
_LOOKED_AT = 4


def picture_of(
    archive: Archive,
    conversation: SpokenConversation,
    recording: SpokenRecording,
    source: str | None = None,
) -> str:
    """Draw a recording as SVG; what cannot be decoded, or is gone, is drawn without its sound."""
    levels = _levels(archive, recording)
    return recording_picture(recording, Cast(conversation), levels, source)


def pictures_of(archive: Archive, day: Day, most: int = 3) -> list[tuple[str, str]]:
    """Return pictures of a few recordings of a day, by recording id: always the same ones.

    Recordings in which somebody is known to speak come first, by how near they are to three
    minutes. Memory does not grow with the day.
    """
    names = ("conversation_id", "recording_id", "path", "channels", "duration_ms", "file_number")
    table = archive.home.path(layout.table_path("audio_files", day))
    files = (row for row in each_row(table, names) if row["path"] and row["channels"])
    near = nsmallest(
        most * _LOOKED_AT,
        (row for row in files if row["file_number"] == 1 and row["duration_ms"]),
        key=lambda row: (abs(row["duration_ms"] - _TELLING_MS), row["recording_id"]),
    )
    found: list[tuple[str, str]] = []
    for row in near:
        place = Place(day, row["conversation_id"], row["recording_id"])
        conversation = conversation_at(archive, place)
        (recording,) = conversation.recordings
        if recording.turns_by(None) and len(found) < most:
            found.append((recording.id, picture_of(archive, conversation, recording)))
    return found


def _levels(archive: Archive, recording: SpokenRecording) -> Levels:
    """Return the levels of all files of a recording, each as wide as it is long."""
    length_ms = sum(file.duration_ms or 0 for file in recording.files)
    channels: list[list[float]] = []
    for file in recording.files:
        columns = round(COLUMNS * (file.duration_ms or 0) / length_ms) if length_ms else COLUMNS
        try:
            with readable(archive.home, archive.keys, file.path) as path:
                found = levels_of(path, columns)
        except (Locked, OSError):
            return Levels()
        if not found or (channels and len(found) != len(channels)):
            return Levels()
        channels = [a + b for a, b in zip(channels or [[] for _ in found], found, strict=True)]
    return Levels(tuple(map(tuple, channels)))
