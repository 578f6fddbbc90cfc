"""What a file in the drop folder is, and whether it may be taken: decided without opening it.

The vendor's export to S3 lays a bucket out as ``{organization}/year=Y/month=M/day=D/hour=H/
conversation_id={id}/``, by UTC start of the conversation, with ``<recording>.<ext>``,
``<recording>.<ext>_metadata.json``, ``<conversation>.<ext>_call_metadata.json`` and
``<conversation>-<communication>.transcript.json``.

Source: help.genesys.cloud, "Working with exported recordings in an AWS S3 bucket".
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.core.trust import is_codec_excluded

_ID = layout.ID.pattern
_BESIDE = re.compile(
    rf"(?P<recording>{_ID})(\.\w+)?_metadata\.json"
    rf"|(?P<call>{_ID})(\.\w+)?_call_metadata\.json"
    rf"|(?P<conversation>{_ID})-{_ID}\.transcript\.json",
    re.IGNORECASE,
)
_ANY_ID = re.compile(rf"(?<![0-9a-f]){_ID}(?![0-9a-f])", re.IGNORECASE)
_FOLDER = re.compile(
    rf"/year=(\d{{4}})/month=(\d\d?)/day=(\d\d?)/hour=\d\d?/conversation_id=({_ID})/", re.IGNORECASE
)
_SECOND = re.compile(rf"{_ID}-\d+(\..*)?", re.IGNORECASE | re.DOTALL)
METADATA = "_metadata.json"
ERASED = "its conversation was erased on request: this file is removed as well"
# Why an exported recording's row says something.
CAME = "not downloaded: taken from the drop folder"


class Fate(StrEnum):
    """What becomes of a file in the drop folder."""

    TAKEN = "taken"
    KEPT = "kept"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    LEFT = "left"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a name in the drop folder says.

    Attributes:
        ids: Ids in the name, any of which may be a recording's.
        conversation_id: Of the vendor's folder; empty outside of one.
        day: Of the vendor's folder; None outside of one.
        is_beside: Whether it is metadata or a transcript, which lie beside recordings.
        about: The recording or conversation that those are about; empty where the name is silent.
    """

    ids: tuple[str, ...] = ()
    conversation_id: str = ""
    day: Day | None = None
    is_beside: bool = False
    about: str = ""


def dropped(path: PurePosixPath) -> Dropped:
    """Read what a path below the data directory says, whoever chose it."""
    conversation_id, day = _folder(path)
    match = _BESIDE.fullmatch(path.name)
    if match is not None:
        about = next(id_ for id_ in match.group("recording", "call", "conversation") if id_)
        return Dropped((), conversation_id, day, is_beside=True, about=about.lower())
    if path.name.endswith(METADATA):
        return Dropped((), conversation_id, day, is_beside=True)
    ids = dict.fromkeys(id_.lower() for id_ in _ids(path.name))
    return Dropped(tuple(ids), conversation_id, day)


def is_second(path: PurePosixPath) -> bool:
    """Say whether a name is that of the second, or a later, file of a recording."""
    return _SECOND.fullmatch(path.name) is not None


def metadata_names(path: PurePosixPath) -> tuple[PurePosixPath, ...]:
    """Return where the vendor's metadata of a recording's file may lie."""
    names = dict.fromkeys((path.name + METADATA, path.stem + METADATA))
    return tuple(path.with_name(name) for name in names)


def described_by(path: PurePosixPath) -> PurePosixPath | None:
    """Return where the recording lies that some metadata are about; None for other files."""
    name = path.name.removesuffix(METADATA)
    return path.with_name(name) if name and name != path.name else None


def said_by_metadata(content: bytes) -> Mapping[str, str]:
    """Return the ids that the vendor's metadata name, by their wire names; lower case."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    values = {name: found.get(name) for name in ("recordingId", "conversationId")}
    return {
        name: value.lower()
        for name, value in values.items()
        if isinstance(value, str) and layout.is_id(value.lower())
    }


def mismatch(
    path: PurePosixPath,
    found: Dropped,
    said: Mapping[str, str],
    standings: Collection[Standing],
) -> str:
    """Say why a file cannot be told to be a certain recording; empty when it can.

    Args:
        path: Where it lies.
        found: What its name says.
        said: What the metadata beside it say.
        standings: How the recordings stand that its name, or its metadata, may mean.
    """
    if not standings:
        if not found.ids and not said:
            return "neither its name nor metadata beside it name a recording"
        day = f"export {found.day}" if found.day else "export the day of its conversation"
        return f"no day that was indexed lists its recording: {day} first, then put it back"
    if len(standings) > 1:
        return "its name holds the ids of several recordings"
    (standing,) = standings
    if said.get("recordingId", standing.recording_id) != standing.recording_id:
        return "the metadata beside it name another recording"
    whose = {said.get("conversationId", ""), found.conversation_id} - {"", standing.conversation_id}
    if whose:
        return "its folder, or the metadata beside it, name another conversation"
    return "one file of several of its recording: export the day" if is_second(path) else ""


def conversations_of(
    path: PurePosixPath, said: Mapping[str, str], standings: Iterable[Standing]
) -> frozenset[str]:
    """Return ids that may be those of the conversation of a file, whoever names them."""
    named = {id_.lower() for id_ in _ids(str(path))} | {said.get("conversationId", "")}
    return frozenset(named | {standing.conversation_id for standing in standings})


def refusal_of(standing: Standing) -> str:
    """Say why a recording that stands so takes no file; empty when it may."""
    outcome, reason = standing.verdict.outcome, standing.verdict.reason
    if outcome is Outcome.ERASED:
        return ERASED
    if outcome is Outcome.EXCLUDED and not is_codec_excluded(standing.verdict):
        return f"its recording is not exported: {reason}"
    return ""


def _ids(name: str) -> list[str]:
    return [match.group() for match in _ANY_ID.finditer(name)]


def _folder(path: PurePosixPath) -> tuple[str, Day | None]:
    match = _FOLDER.search(str(path))
    if match is None:
        return "", None
    year, month, day, conversation_id = match.groups()
    try:
        return conversation_id.lower(), Day(date(int(year), int(month), int(day)))
    except ValueError:
        return conversation_id.lower(), None
