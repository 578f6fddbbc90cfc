"""Rows that break what their table promises are not published, and are named by their ids."""

from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline.core.columns import Schema
from recordings_pipeline.core.contracts import MOST_ROWS, ContractBroken
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.layout import table_path
from recordings_pipeline.core.schemas import AUDIO_FILES, RECORDING_INDEX, SCHEMAS
from recordings_pipeline.core.speech_schemas import SPEECH_EVENTS, TRANSCRIPTS, VOICE_ACTIVITY
from recordings_pipeline.storage.contracts import violations
from recordings_pipeline.storage.tables import read_rows, write_table

DAY = Day.from_key("2026-01-31")
INDEXED = {
    "recording_id": "r",
    "conversation_id": "c",
    "conversation_start_time": DAY.start,
    "is_open": False,
    "agent_count": 1,
    "participant_count": 2,
}
FILE = {
    "recording_id": "r",
    "conversation_id": "c",
    "outcome": "exported",
    "file_number": 1,
    "duration_ms": 9_000,
    "sha256": "0" * 64,
}
SECOND_FILE = {**FILE, "file_number": 2}
PHRASE = {
    "conversation_id": "c",
    "communication_id": "m",
    "recording_id": "r",
    "transcript_id": "t",
    "phrase_index": 0,
    "side": "internal",
    "speaker_role": "agent",
    "is_ambiguous": False,
    "start_ms": 0,
    "end_ms": 5,
    "text": "my secret number is 0171 555",
    "confidence": 0.5,
    "word_count": 1,
}
HEARD = {
    "conversation_id": "c",
    "recording_id": "r",
    "file_number": 1,
    "channel": 1,
    "start_ms": 0,
    "end_ms": 5,
}
Row = dict[str, Any]


def publish(root: Path, schema: Schema, *rows: Row) -> Path:
    path = root / table_path(schema.name, DAY)
    write_table(path, schema, rows)
    return path


def phrases(*changes: Row) -> list[Row]:
    """Return good phrases, each with some members changed."""
    return [
        {**PHRASE, "phrase_index": n, "start_ms": n, "end_ms": n + 5, **change}
        for n, change in enumerate(changes)
    ]


def refused(root: Path, schema: Schema, *rows: Row) -> str:
    with pytest.raises(ContractBroken) as caught:
        publish(root, schema, *rows)
    return str(caught.value)


def test_good_rows_are_published(tmp_path: Path) -> None:
    publish(tmp_path, RECORDING_INDEX, INDEXED)
    publish(tmp_path, AUDIO_FILES, FILE)

    path = publish(tmp_path, TRANSCRIPTS, *phrases({}, {}, {"confidence": None}))

    assert len(read_rows(path)) == 3


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=lambda schema: schema.name)
def test_a_table_without_rows_keeps_every_promise(tmp_path: Path, schema: Schema) -> None:
    publish(tmp_path, RECORDING_INDEX)
    publish(tmp_path, AUDIO_FILES)

    path = publish(tmp_path, schema)

    assert violations(path, path, schema) == ()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"confidence": 1.5}, "confidence is between 0 and 1"),
        ({"confidence": float("nan")}, "confidence is between 0 and 1"),
        ({"stability": -0.1}, "stability is between 0 and 1"),
        ({"start_ms": -1}, "start_ms is not negative"),
        ({"start_ms": 7}, "end_ms is not before start_ms"),
        ({"word_count": -1}, "word_count is not negative"),
        ({"side": "both"}, "side is one of 'internal', 'external'"),
    ],
)
def test_a_row_out_of_range_is_named(tmp_path: Path, change: Row, rule: str) -> None:
    said = refused(tmp_path, TRANSCRIPTS, *phrases(change))

    assert f"1 rows break '{rule}': recording_id=r transcript_id=t phrase_index=0" in said
    assert said.startswith("transcripts of 2026-01-31 was not published, and what was there stays")


def test_a_digest_has_64_hex_digits(tmp_path: Path) -> None:
    said = refused(tmp_path, AUDIO_FILES, {**FILE, "sha256": "A" * 64})

    assert "sha256 is 64 hex digits" in said


def test_an_outcome_is_one_of_ours(tmp_path: Path) -> None:
    assert "outcome is one of" in refused(tmp_path, AUDIO_FILES, {**FILE, "outcome": "lost"})


def test_no_two_rows_share_their_keys(tmp_path: Path) -> None:
    said = refused(tmp_path, TRANSCRIPTS, PHRASE, {**PHRASE, "start_ms": 1})

    assert "1 rows break 'unique: recording_id, transcript_id, phrase_index'" in said


def test_recordings_without_a_file_share_no_key_either(tmp_path: Path) -> None:
    lost = {"recording_id": "r", "conversation_id": "c", "outcome": "missing"}

    assert "unique" in refused(tmp_path, AUDIO_FILES, lost, lost)


def test_rows_are_in_the_promised_order(tmp_path: Path) -> None:
    said = refused(tmp_path, TRANSCRIPTS, *phrases({"start_ms": 3}, {"start_ms": 2}))

    assert "sorted by conversation_id, recording_id, start_ms" in said
    assert "phrase_index=1" in said


def test_the_order_holds_over_row_groups(tmp_path: Path) -> None:
    path = publish(tmp_path, TRANSCRIPTS, *phrases(*({} for _ in range(5_000))))

    assert violations(path, path, TRANSCRIPTS) == ()


def test_every_recording_is_in_the_index_of_its_day(tmp_path: Path) -> None:
    publish(tmp_path, RECORDING_INDEX, INDEXED)

    said = refused(tmp_path, TRANSCRIPTS, *phrases({}, {"conversation_id": "d"}))

    assert "in the day's index" in said
    assert "recording_id=r conversation_id=d" in said


def test_speech_that_was_heard_ends_with_its_files(tmp_path: Path) -> None:
    publish(tmp_path, RECORDING_INDEX, INDEXED)
    publish(
        tmp_path, AUDIO_FILES, {**FILE, "duration_ms": 4_000}, {**SECOND_FILE, "duration_ms": 5_000}
    )
    publish(tmp_path, VOICE_ACTIVITY, {**HEARD, "end_ms": 11_450})

    said = refused(tmp_path, VOICE_ACTIVITY, {**HEARD, "end_ms": 11_451})

    assert "ends within its audio, give or take 2 s and 5 %" in said


def test_the_end_of_a_file_of_unknown_length_is_nobodys_promise(tmp_path: Path) -> None:
    publish(tmp_path, AUDIO_FILES, FILE, {**SECOND_FILE, "duration_ms": None})

    path = publish(tmp_path, VOICE_ACTIVITY, {**HEARD, "end_ms": 11_451})

    assert violations(path, path, VOICE_ACTIVITY) == ()


def test_a_transcript_longer_than_its_file_is_told_and_published(tmp_path: Path) -> None:
    publish(tmp_path, RECORDING_INDEX, INDEXED)
    publish(tmp_path, AUDIO_FILES, FILE)

    path = publish(tmp_path, TRANSCRIPTS, *phrases({"end_ms": 60_000}))

    (found,) = violations(path, path, TRANSCRIPTS)
    assert not found.is_blocking
    assert found.rows == ("recording_id=r",)


def test_what_was_published_before_stays(tmp_path: Path) -> None:
    path = publish(tmp_path, TRANSCRIPTS, PHRASE)
    before = path.read_bytes()

    refused(tmp_path, TRANSCRIPTS, {**PHRASE, "confidence": 2.0})

    assert path.read_bytes() == before
    assert list((tmp_path / ".staging").iterdir()) == []


def test_no_more_rows_are_named_than_a_person_reads_and_no_word_is_told(tmp_path: Path) -> None:
    said = refused(tmp_path, TRANSCRIPTS, *phrases(*({"confidence": 2.0} for _ in range(25))))

    assert said.count("phrase_index=") == MOST_ROWS
    assert "and 15 more" in said
    assert "secret" not in said
    assert "0171" not in said


def test_an_id_that_is_no_id_is_told_without_its_controls(tmp_path: Path) -> None:
    hostile = "\x1b[31m" + "x" * 500

    said = refused(tmp_path, TRANSCRIPTS, {**PHRASE, "transcript_id": hostile, "confidence": 2.0})

    assert said.isprintable()
    assert "x" * 100 not in said


def test_a_directory_may_have_any_name(tmp_path: Path) -> None:
    root = tmp_path / "it's, [here]*"
    publish(root, RECORDING_INDEX, INDEXED)

    assert "in the day's index" in refused(root, TRANSCRIPTS, {**PHRASE, "recording_id": "x"})


def test_events_have_no_keys_and_are_named_by_where_they_are(tmp_path: Path) -> None:
    event = {
        "conversation_id": "c",
        "communication_id": "m",
        "recording_id": "r",
        "kind": "silence",
        "source": "transcript",
        "start_ms": -4,
    }

    said = refused(tmp_path, SPEECH_EVENTS, event)

    assert "conversation_id=c recording_id=r start_ms=-4" in said
