"""The rows of a recording's files in the tables of voice activity."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from recordings_pipeline.core.voice.activity import Heard

# The platform records the external side on the first channel.
_SIDES = ("external", "internal")
UNREADABLE = "cannot be read"
NEEDS_CODECS = "needs the extra [codecs] to be heard"
UNPLACED = "begins behind a file of unknown length that was not heard"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AudioFile:
    """One file of a recording; ``number`` counts from 1, ``path`` is below the data directory.

    Attributes:
        duration_ms: By the file itself; None when it does not say.
    """

    number: int
    path: str
    sha256: str
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording that has files; ordered as the tables are."""

    conversation_id: str
    recording_id: str
    communication_id: str | None
    files: tuple[AudioFile, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.conversation_id, self.recording_id


@dataclass(frozen=True, slots=True)
class FileHeard:
    """One file and what was heard in it, or why nobody listened."""

    file: AudioFile
    heard: Heard | str


def activity_rows(recorded: Recorded, found: Sequence[FileHeard]) -> Iterator[dict[str, Any]]:
    """Yield a row per stretch of speech; several files of a recording follow each other."""
    offset_ms = 0
    for one in _placed(found):
        if isinstance(one.heard, str):
            offset_ms += one.file.duration_ms or 0
            continue
        sides = _sides(one.heard)
        for voiced in one.heard.voiced:
            yield {
                **_ids(recorded),
                "file_number": one.file.number,
                "channel": voiced.channel,
                "side": sides[voiced.channel - 1],
                "start_ms": offset_ms + voiced.start_ms,
                "end_ms": offset_ms + voiced.end_ms,
                "level_dbfs": voiced.level_dbfs,
            }
        offset_ms += one.heard.duration_ms


def channel_rows(
    recorded: Recorded, found: Sequence[FileHeard], detector: str
) -> Iterator[dict[str, Any]]:
    """Yield a row per channel, or one for a file that nobody could listen to."""
    for one in _placed(found):
        common = {
            **_ids(recorded),
            "file_number": one.file.number,
            "detector": detector,
            "sha256": one.file.sha256,
        }
        if isinstance(one.heard, str):
            yield {**common, "problem": one.heard}
            continue
        sides = _sides(one.heard)
        for number, channel in enumerate(one.heard.channels, start=1):
            yield {
                **common,
                "channel": number,
                "side": sides[number - 1],
                "duration_ms": one.heard.duration_ms,
                "speech_ms": channel.speech_ms,
                "speech_dbfs": channel.speech_dbfs,
                "noise_dbfs": channel.noise_dbfs,
                "snr_db": channel.snr_db,
                "is_silent": channel.speech_ms == 0,
                "is_dual_mono": one.heard.is_dual_mono,
            }


def is_unchanged(
    recorded: Recorded,
    channels: Sequence[Row],
    detector: str | None,
    *,
    has_activity: bool,
    decodes_aac: bool,
) -> bool:
    """Say whether what was published of a recording is what listening again would find.

    Args:
        recorded: Its files as they are now.
        channels: Its rows in the published table of channels; none when it was never heard.
        detector: What would listen now; None for nobody, who finds what was found before.
        has_activity: Whether the published table of activity has rows of it.
        decodes_aac: Whether the extra that some files once lacked is there.
    """
    known = {row["file_number"]: row["sha256"] for row in channels}
    if known != {file.number: file.sha256 for file in recorded.files}:
        return False
    if detector is None:
        return True
    if not has_activity and any(map(_has_speech, channels)):
        return False
    return all(
        row["detector"] == detector and not _may_be_heard_now(row["problem"], decodes_aac)
        for row in channels
    )


def _placed(found: Iterable[FileHeard]) -> Iterator[FileHeard]:
    """Leave out what was heard in files of which nobody knows where they begin."""
    is_known, before = True, 0
    for one in found:
        is_known = is_known and one.file.number == before + 1
        before = one.file.number
        if is_known or isinstance(one.heard, str):
            yield one
        else:
            yield replace(one, heard=UNPLACED)
        is_known = is_known and (not isinstance(one.heard, str) or one.file.duration_ms is not None)


def _has_speech(row: Row) -> bool:
    """Say whether rows of activity tell of a channel; of two that are the same, the first is."""
    return bool(row["speech_ms"]) and (row["channel"] == 1 or not row["is_dual_mono"])


def _may_be_heard_now(problem: str | None, decodes_aac: bool) -> bool:  # noqa: FBT001 (one use)
    if problem is None:
        return False
    return problem.startswith(UNREADABLE) or (problem == NEEDS_CODECS and decodes_aac)


def _sides(heard: Heard) -> tuple[str | None, ...]:
    """Return whose voice is on each channel; nobody knows where all are on one."""
    is_one = len(heard.channels) != len(_SIDES) or heard.is_dual_mono
    return (None,) * len(heard.channels) if is_one else _SIDES


def _ids(recorded: Recorded) -> dict[str, Any]:
    return {
        "conversation_id": recorded.conversation_id,
        "communication_id": recorded.communication_id,
        "recording_id": recorded.recording_id,
    }
