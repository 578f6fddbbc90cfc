"""The page of a conversation: reads what it shows, sound included."""

from base64 import b64encode
from collections.abc import Iterator
from importlib import resources
from os.path import relpath
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import quote

from recordings_pipeline.core.page import Look, Shown, Sound, page
from recordings_pipeline.core.sealing import NEEDS_IDENTITY, Locked, is_sealed
from recordings_pipeline.core.spoken import SoundFile, SpokenRecording
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.conversation import Place, conversation_at
from recordings_pipeline.stages.pictures import picture_of
from recordings_pipeline.stages.unsealing import readable

_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "mp4": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "webm": "audio/webm",
}


class Page(NamedTuple):
    """A page, and why sound is not in it, a sentence each."""

    text: str
    problems: tuple[str, ...]


def page_of(
    archive: Archive, place: Place, folder: Path, most_bytes: int, source: str | None = None
) -> Page:
    """Return the page of a conversation, or of one of its recordings.

    Args:
        archive: Where it was exported to.
        place: What is shown.
        folder: Where the page will lie.
        most_bytes: Audio files up to this size are inside; larger ones are named beside the page.
        source: Whose turns; without one the transcript's, else the audio's.
    """
    conversation = conversation_at(archive, place)
    problems: list[str] = []
    shown = []
    for recording in conversation.recordings:
        before = len(problems)
        picture = picture_of(archive, conversation, recording, source)
        sounds = tuple(_sounds(archive, recording, folder, most_bytes, problems))
        shown.append(Shown(recording, picture, sounds, is_locked=len(problems) > before))
    text = page(conversation, shown, _look(), source)
    return Page(text, tuple(dict.fromkeys(problems)))


def _sounds(
    archive: Archive,
    recording: SpokenRecording,
    folder: Path,
    most_bytes: int,
    problems: list[str],
) -> Iterator[Sound]:
    start_ms = 0
    for file in recording.files:
        path = archive.home.path(PurePosixPath(file.path))
        if path.is_file():
            try:
                address = _sealed_address if is_sealed(file.path) else _address
                yield Sound(address(archive, file, folder, most_bytes), start_ms)
            except Locked as error:
                problems.append(str(error))
        start_ms += file.duration_ms or 0


def _sealed_address(archive: Archive, file: SoundFile, _folder: Path, most_bytes: int) -> str:
    """Return what is in an encrypted file; larger ones cannot lie beside the page as they are."""
    if archive.keys.identity is None:
        raise Locked("sound that is not in the page", f"is encrypted: {NEEDS_IDENTITY}")
    if archive.home.path(PurePosixPath(file.path)).stat().st_size > most_bytes:
        raise Locked(file.path, "is encrypted, and too large for the page: raise --embed-mb")
    with readable(archive.home, archive.keys, file.path) as path:
        return _data(path, file)


def _address(archive: Archive, file: SoundFile, folder: Path, most_bytes: int) -> str:
    path = archive.home.path(PurePosixPath(file.path))
    if path.stat().st_size > most_bytes:
        return quote(relpath(path, folder.absolute()))
    return _data(path, file)


def _data(path: Path, file: SoundFile) -> str:
    content = b64encode(path.read_bytes()).decode()
    return f"data:{_TYPES.get(file.container, 'application/octet-stream')};base64,{content}"


def _look() -> Look:
    folder = resources.files("recordings_pipeline.stages") / "page_files"
    html, style, script = (
        (folder / f"page.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
    )
    return Look(html, style, script)
