"""vCon: a conversation with its parties, recordings by reference, and transcripts, as JSON.

Audio is never inside: a recording is named by its file, and by an HTTPS address where the caller
knows one, with the SHA-512 that the draft demands beside it. Without an address the hash stays,
so that whoever has the file can tell that it is the one that is meant.

Source: `DRAFT`, sections 2.4 (externally referenced files), 4.2 (parties), 4.3 (dialogs).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from recordings_pipeline.core.cast import Cast
from recordings_pipeline.core.interchange.plain_json import iso, phrase_of, turn_of
from recordings_pipeline.core.interchange.vcon_id import vcon_id
from recordings_pipeline.core.interchange.vcon_parties import Parties
from recordings_pipeline.core.interchange.written_json import written_json
from recordings_pipeline.core.sealing import SUFFIX
from recordings_pipeline.core.spoken import (
    SoundFile,
    SpokenConversation,
    SpokenRecording,
)

DRAFT = "draft-ietf-vcon-vcon-core-03"
SYNTAX = "0.4.0"
PRODUCT = "recordings-pipeline"
# The media types that the draft names, where it names one.
_MEDIA_TYPES = {
    "wav": "audio/x-wav",
    "mp3": "audio/x-mp3",
    "m4a": "audio/x-mp4",
    "mp4": "audio/x-mp4",
    "ogg": "audio/ogg",
    "webm": "audio/webm",
    "aac": "audio/aac",
}
_HELD = (("hold", "start_ms"), ("unhold", "end_ms"))

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a file can be had, and what it is.

    Attributes:
        url: Its HTTPS address; empty when nobody knows one.
        content_hash: ``sha512-`` and its SHA-512 in base64url; empty when the file is gone.
    """

    url: str
    content_hash: str


def vcon(
    conversation: SpokenConversation,
    created: datetime,
    references: Mapping[str, Reference],
    source: str | None = None,
    host: str = "",
) -> str:
    """Return a conversation as an unsigned vCon.

    Args:
        conversation: What to write.
        created: When the document is made.
        references: Of each audio file, by its path.
        source: Whose turns, ``transcript`` or ``audio``; without one the transcript's if any.
        host: Of the addresses; it makes the document's id unique.
    """
    return written_json(_document(conversation, created, references, source, host))


def _document(
    conversation: SpokenConversation,
    created: datetime,
    references: Mapping[str, Reference],
    source: str | None,
    host: str,
) -> Json:
    cast, parties = Cast(conversation), Parties(conversation)
    dialogs: list[Json] = []
    analyses: list[Json] = []
    for recording in conversation.recordings:
        numbers = list(range(len(dialogs), len(dialogs) + max(len(recording.files), 1)))
        dialogs.extend(_dialogs(conversation, recording, parties, references))
        analyses.extend(_analyses(recording, cast, parties, numbers, source))
    return {
        "vcon": SYNTAX,
        "uuid": vcon_id(conversation.id, created, host),
        "created_at": iso(created),
        "subject": f"Conversation {conversation.id}, written by {PRODUCT} after {DRAFT}",
        "parties": parties.objects,
        "dialog": dialogs,
        "analysis": analyses,
        "attachments": [],
    }


def _dialogs(
    conversation: SpokenConversation,
    recording: SpokenRecording,
    parties: Parties,
    references: Mapping[str, Reference],
) -> Iterator[Json]:
    """Yield a dialog for each file; for a recording without one, a dialog without content."""
    heard = parties.channels(recording)
    common: Json = {"type": "recording", "start": iso(recording.start), "parties": heard}
    originator = parties.originator(conversation.direction)
    if heard[0] != originator:
        common["originator"] = originator
    if not recording.files:
        yield {**common, **_held(recording, parties, 0, None)}
    start_ms = 0
    for file in recording.files:
        end_ms = start_ms + (file.duration_ms or 0)
        start = recording.start + timedelta(milliseconds=start_ms)
        is_last = file is recording.files[-1]
        held = _held(recording, parties, start_ms, None if is_last else end_ms)
        yield {**common, "start": iso(start), **_content(file, references), **held}
        start_ms = end_ms


def _content(file: SoundFile, references: Mapping[str, Reference]) -> Json:
    found: Json = {
        "mediatype": _MEDIA_TYPES.get(file.container, "application/octet-stream"),
        "filename": PurePosixPath(file.path).name.removesuffix(SUFFIX),
    }
    if file.duration_ms is not None:
        found["duration"] = file.duration_ms / 1_000
    reference = references.get(file.path, Reference("", ""))
    if reference.url and reference.content_hash:
        found["url"] = reference.url
    if reference.content_hash:
        found["content_hash"] = reference.content_hash
    return found


def _held(recording: SpokenRecording, parties: Parties, start_ms: int, end_ms: int | None) -> Json:
    """Say when the customer was put on hold, and when taken off, within a file."""
    times = [
        (ms, name)
        for event in recording.events
        if event.kind == "hold"
        for name, which in _HELD
        if (ms := getattr(event, which)) is not None
        and start_ms <= ms
        and (end_ms is None or ms < end_ms)
    ]
    history = [
        {
            "party": parties.customer,
            "time": iso(recording.start + timedelta(milliseconds=ms)),
            "event": name,
        }
        for ms, name in sorted(times)
    ]
    return {"party_history": history} if history else {}


def _analyses(
    recording: SpokenRecording,
    cast: Cast,
    parties: Parties,
    dialogs: Sequence[int],
    source: str | None,
) -> Iterator[Json]:
    """Yield what was said, by the platform's engine, and who held the floor, by us."""
    about = dialogs[0] if len(dialogs) == 1 else list(dialogs)
    common = {"dialog": about, "mediatype": "application/json", "encoding": "json"}
    if recording.said:
        phrases = [
            {"party": parties.of(said.speaker), **phrase_of(said, cast)} for said in recording.said
        ]
        yield {
            "type": "transcript",
            **common,
            "vendor": "Genesys",
            "product": "Genesys Cloud speech and text analytics",
            "schema": f"{PRODUCT} phrases",
            "body": {"phrases": phrases},
        }
    turns = [
        {"party": parties.of(turn.speaker), **turn_of(turn, cast)}
        for turn in recording.turns_by(source)
    ]
    if turns:
        yield {
            "type": "report",
            **common,
            "vendor": PRODUCT,
            "product": "diarization",
            "schema": f"{PRODUCT} turns",
            "body": {"turns": turns},
        }
