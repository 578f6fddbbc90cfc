"""Files of a recording follow each other; where one begins that nobody heard is not guessed."""

from typing import Any

import pytest

from recordings_pipeline.core.voice.activity import ChannelHeard, Heard, Voiced
from recordings_pipeline.core.voice.rows import (
    NEEDS_CODECS,
    UNPLACED,
    AudioFile,
    FileHeard,
    Recorded,
    activity_rows,
    channel_rows,
    is_unchanged,
)

SPEECH = (ChannelHeard(400, -20.0, -60.0),) * 2
HEARD = Heard(10_000, SPEECH, (Voiced(1, 500, 900, -20.0), Voiced(2, 500, 900, -20.0)), False)  # noqa: FBT003


def file(number: int, duration_ms: int | None) -> AudioFile:
    return AudioFile(number, f"audio/{number}", "0" * 64, duration_ms)


def rows_of(*found: FileHeard) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    recorded = Recorded("c", "r", "leg", tuple(one.file for one in found))
    return list(activity_rows(recorded, found)), list(channel_rows(recorded, found, "energy-1"))


@pytest.mark.parametrize(
    ("first", "second_begins_ms"),
    [
        (FileHeard(file(1, None), HEARD), 10_000),
        (FileHeard(file(1, 7_000), HEARD), 10_000),
        (FileHeard(file(1, 7_000), NEEDS_CODECS), 7_000),
    ],
    ids=["by what was heard", "heard before told", "by what the file tells"],
)
def test_a_file_begins_where_the_one_before_it_ends(
    first: FileHeard, second_begins_ms: int
) -> None:
    activity, channels = rows_of(first, FileHeard(file(2, 10_000), HEARD))

    starts = [row["start_ms"] for row in activity if row["file_number"] == 2]
    assert starts == [second_begins_ms + 500] * 2
    assert [row.get("problem") for row in channels if row["file_number"] == 2] == [None, None]


@pytest.mark.parametrize(
    "before",
    [[FileHeard(file(1, None), NEEDS_CODECS)], []],
    ids=["of unknown length", "not there"],
)
def test_files_behind_one_of_unknown_length_name_no_time(before: list[FileHeard]) -> None:
    later = [FileHeard(file(number, 10_000), HEARD) for number in (2, 3)]

    activity, channels = rows_of(*before, *later)

    assert activity == []
    assert [row["problem"] for row in channels[len(before) :]] == [UNPLACED] * 2
    assert {row.get("speech_ms") for row in channels} == {None}


def test_speech_that_has_no_rows_is_not_known() -> None:
    (recorded, found) = (
        Recorded("c", "r", None, (file(1, None),)),
        [FileHeard(file(1, None), HEARD)],
    )
    activity = list(activity_rows(recorded, found))
    channels = [{"problem": None, **row} for row in channel_rows(recorded, found, "energy-1")]

    known = [
        is_unchanged(recorded, channels, "energy-1", has_activity=bool(rows), decodes_aac=True)
        for rows in (activity, [])
    ]

    assert known == [True, False]


def test_the_second_channel_of_the_same_sound_needs_no_rows() -> None:
    recorded = Recorded("c", "r", None, (file(1, None),))
    row = {"file_number": 1, "sha256": "0" * 64, "detector": "energy-1", "problem": None}
    channels = [
        {**row, "channel": number, "speech_ms": speech_ms, "is_dual_mono": True}
        for number, speech_ms in ((1, 0), (2, 10))
    ]

    assert is_unchanged(recorded, channels, "energy-1", has_activity=False, decodes_aac=True)
