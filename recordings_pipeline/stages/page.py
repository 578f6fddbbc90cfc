"""The page of a conversation: reads what it shows, sound included."""

from base64 import b64encode
from collections.abc import Iterator
from importlib import resources
from os.path import relpath
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from recordings_pipeline.core.page import Look, Shown, Sound, page
from recordings_pipeline.core.sealing import is_sealed
from recordings_pipeline.core.spoken import SoundFile, SpokenRecording
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.conversation import Place, conversation_at
from recordings_pipeline.stages.pictures import picture_of

_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "mp4": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "webm": "audio/webm",
}


def page_of(
    archive: Archive, place: Place, folder: Path, most_bytes: int, source: str | None = None
) -> str:
    """Return the page of a conversation, or of one of its recordings.

    Args:
        archive: Where it was exported to.
        place: What is shown.
        folder: Where the page will lie.
        most_bytes: Audio files up to this size are inside; larger ones are named beside the page.
        source: Whose turns; without one the transcript's, else the audio's.
    """
    conversation = conversation_at(archive, place)
    shown = [
        Shown(
            recording,
            picture_of(archive, conversation, recording, source),
            tuple(_sounds(archive, recording, folder, most_bytes)),
        )
        for recording in conversation.recordings
    ]
    return page(conversation, shown, _look(), source)


def _sounds(
    archive: Archive, recording: SpokenRecording, folder: Path, most_bytes: int
) -> Iterator[Sound]:
    start_ms = 0
    for file in recording.files:
        path = archive.home.path(PurePosixPath(file.path))
        if path.is_file() and not is_sealed(file.path):
            yield Sound(_address(path, file, folder, most_bytes), start_ms)
        start_ms += file.duration_ms or 0


def _address(path: Path, file: SoundFile, folder: Path, most_bytes: int) -> str:
    if path.stat().st_size > most_bytes:
        return quote(relpath(path, folder.absolute()))
    content = b64encode(path.read_bytes()).decode()
    return f"data:{_TYPES.get(file.container, 'application/octet-stream')};base64,{content}"


def _look() -> Look:
    folder = resources.files("recordings_pipeline.stages") / "page_files"
    html, style, script = (
        (folder / f"page.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
    )
    return Look(html, style, script)
