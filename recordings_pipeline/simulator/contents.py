"""What lies behind a media URL: sound, messages, or a picture of a screen."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Protocol

from recordings_pipeline.simulator.call import Recording
from recordings_pipeline.simulator.formats import Format
from recordings_pipeline.simulator.sounds import sound_of

# The names the platform gives to what it can transcode to.
FORMATS = tuple(str(kind.value) for kind in Format)
_ORIGINALS = {
    "ulaw": Format.WAV_ULAW,
    "pcm": Format.WAV_PCM,
    "opus": Format.OGG_OPUS,
    "webm": Format.WEBM_OPUS,
    "vorbis": Format.OGG_VORBIS,
    "mp3": Format.MP3,
}


class Content(Protocol):
    """Bytes that need not exist before they are read."""

    @property
    def size(self) -> int: ...
    @property
    def content_type(self) -> str: ...
    @property
    def etag(self) -> str: ...
    @property
    def is_ready(self) -> bool:
        """Whether size, etag and blocks cost next to nothing; encoding takes a second."""

    def blocks(self, first: int, last: int) -> Iterator[bytes | memoryview]:
        """Yield the bytes from ``first`` up to, not including, ``last``."""


@dataclass(frozen=True, slots=True)
class Held:
    """Content that is small enough to hold."""

    data: bytes
    content_type: str

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def etag(self) -> str:
        return f'"{hashlib.blake2b(self.data, digest_size=16).hexdigest()}"'

    @property
    def is_ready(self) -> bool:
        return True

    def blocks(self, first: int, last: int) -> Iterator[bytes | memoryview]:
        yield self.data[first:last]


def media_of(recording: Recording, number: int, transcoded: str | None) -> Content:
    """Return a file of a recording.

    Args:
        recording: What was kept.
        number: 1 for the first file a batch delivers for it.
        transcoded: Name of a format out of `FORMATS`; None for what was stored.
    """
    plan = recording.plan
    if plan is None:
        return _screen() if recording.media == "screen" else _messages(recording)
    kind = _format_of(recording, transcoded)
    span = None
    if recording.file_count > 1 and transcoded is None:
        half = plan.length // recording.file_count
        span = (
            half * (number - 1),
            half * number if number < recording.file_count else plan.length,
        )
    return sound_of(plan, kind, channels=recording.channels, span=span)


def _format_of(recording: Recording, transcoded: str | None) -> Format:
    return _ORIGINALS[recording.codec] if transcoded is None else Format(transcoded)


def content_type_of(recording: Recording) -> str:
    """Return what a batch announces of a recording's files."""
    if recording.media == "screen":
        return "video/webm"
    if recording.media != "audio":
        return "application/json"
    return _ORIGINALS[recording.codec].content_type


def extension_of(recording: Recording) -> str:
    """Return the extension a recording's files have in an export."""
    if recording.media == "screen":
        return "webm"
    return "json" if recording.media != "audio" else _ORIGINALS[recording.codec].extension


def _messages(recording: Recording) -> Held:
    """Return the messages of a chat, an e-mail or a message thread."""
    lines = ["Hello, I have a question.", "Grüß Gott! How can I help?", "It works again, thanks."]
    messages = [
        {"from": "customer" if number % 2 == 0 else "agent", "body": line}
        for number, line in enumerate(lines)
    ]
    found = {"conversationId": recording.conversation_id, "messages": messages}
    return Held(json.dumps(found, ensure_ascii=False).encode(), "application/json")


def _screen() -> Held:
    folder = resources.files("recordings_pipeline.simulator") / "bank"
    return Held((folder / "screen.webm").read_bytes(), "video/webm")
