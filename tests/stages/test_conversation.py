"""A conversation, and a recording of it, is found in the tables of its day."""

from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.stages.archive import Archive, open_archive
from recordings_pipeline.stages.conversation import Place, conversation_at, place_of
from tests.speech_tables import DAY, exported
from tests.spoken import ANNA, CONVERSATION, FIRST, SECOND, START

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def archive(tmp_path: Path) -> Generator[Archive]:
    exported(tmp_path)
    with open_archive(tmp_path) as found:
        yield found


@pytest.mark.parametrize("day", [None, DAY], ids=["by the ledger", "by the day's index"])
def test_an_id_leads_to_its_day(archive: Archive, day: Day | None) -> None:
    assert place_of(archive, CONVERSATION, day) == Place(DAY, CONVERSATION)
    assert place_of(archive, f" {SECOND.upper()}\n", day) == Place(DAY, CONVERSATION, SECOND)


@pytest.mark.parametrize(
    ("id_", "day", "problem"),
    [
        (NOBODY, None, "choose another --data, or export its day first"),
        (NOBODY, DAY, "leave --day out"),
        (CONVERSATION, Day.from_key("2026-02-01"), "leave --day out"),
        ("../../etc/passwd", None, "use the UUID of a conversation or recording"),
    ],
)
def test_an_unknown_id_says_what_to_do(
    archive: Archive, id_: str, day: Day | None, problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        place_of(archive, id_, day)


def test_a_conversation_has_all_recordings_on_one_clock(archive: Archive) -> None:
    found = conversation_at(archive, Place(DAY, CONVERSATION))

    first, second = found.recordings
    assert [recording.id for recording in found.recordings] == [FIRST, SECOND]
    assert first.start == START + timedelta(seconds=1)
    assert (found.offset_ms(first), found.offset_ms(second)) == (0, 29_000)
    assert [said.text for said in first.said] == ["good morning", "hi"]
    assert [word.text for word in first.said[0].phrase.words] == ["good", "morning"]
    assert first.said[0].phrase.words[0].confidence is None  # it was no number
    assert [turn.end_ms for turn in first.turns_by("audio")] == [990]
    assert [turn.end_ms for turn in first.turns_by(None)] == [1_000, 2_500]
    assert [event.kind for event in first.events] == ["hold"]
    assert first.length_ms == 4_000
    assert found.names[ANNA] == "Anna A."


def test_a_recording_comes_alone(archive: Archive) -> None:
    found = conversation_at(archive, Place(DAY, CONVERSATION, SECOND))

    assert [recording.id for recording in found.recordings] == [SECOND]
    assert found.offset_ms(found.recordings[0]) == 0
    assert found.queue_name == "Sales"


@pytest.mark.parametrize(
    "missing", ["recording_index", "audio_files", "transcripts", "words", "diarization"]
)
def test_a_table_that_is_not_there_yet_counts_as_empty(archive: Archive, missing: str) -> None:
    archive.home.path(layout.table_path(missing, DAY)).unlink()

    found = conversation_at(archive, Place(DAY, CONVERSATION))

    assert [recording.id for recording in found.recordings] == [FIRST, SECOND]


def test_without_anything_but_an_index_there_are_recordings_without_words(archive: Archive) -> None:
    for name in ("audio_files", "transcripts", "words", "diarization", "speech_events"):
        archive.home.path(layout.table_path(name, DAY)).unlink()

    found = conversation_at(archive, Place(DAY, CONVERSATION))

    assert [recording.start for recording in found.recordings] == [START, START]
    assert [recording.length_ms for recording in found.recordings] == [0, 0]
