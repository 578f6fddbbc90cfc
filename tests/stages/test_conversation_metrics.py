"""One row per indexed conversation, added up over its communications."""

from datetime import UTC, datetime
from typing import Any

from recordings_pipeline.core.layout import table_path
from recordings_pipeline.core.schemas import SCHEMAS
from recordings_pipeline.stages.conversation_metrics import measure_day
from recordings_pipeline.stages.export import Export
from recordings_pipeline.storage.tables import read_rows, write_table
from tests.conftest import Start
from tests.stages.conftest import DAY, Open

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def recording(conversation: str, number: int = 1) -> dict[str, Any]:
    return {
        "recording_id": f"{conversation}-{number}",
        "conversation_id": conversation,
        "conversation_start_time": NOON,
        "is_open": False,
        "agent_count": 1,
        "participant_count": 2,
    }


def turn(conversation: str, leg: str, role: str, start_ms: int, end_ms: int) -> dict[str, Any]:
    return {
        "conversation_id": conversation,
        "communication_id": leg,
        "turn_index": 0,
        "side": "external" if role == "customer" else "internal",
        "speaker_role": role,
        "is_ambiguous": False,
        "start_ms": start_ms,
        "end_ms": end_ms,
        "phrase_count": 1,
        "word_count": 10,
    }


def measured(
    export: Export, recordings: list[dict[str, Any]], turns: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Publish an index and turns, and return the metrics of that day."""
    for stage, rows in (("recording_index", recordings), ("diarization", turns)):
        write_table(export.home.path(table_path(stage, DAY)), SCHEMAS[stage], rows)
    return read_rows(export.home.path(measure_day(export, DAY).path))


def test_each_communication_has_a_clock_of_its_own(start: Start, opened: Open) -> None:
    turns = [turn("c", "leg-1", "agent", 0, 6_000), turn("c", "leg-2", "customer", 0, 2_000)]

    (row,) = measured(opened(start()), [recording("c")], turns)

    assert (row["agent_talk_ms"], row["customer_talk_ms"]) == (6_000, 2_000)
    assert row["overtalk_ms"] == 0
    assert row["agent_talk_ratio"] == 0.75
    assert row["agent_words_per_minute"] == 100.0


def test_a_conversation_nobody_transcribed_is_a_row_of_unknowns(start: Start, opened: Open) -> None:
    turns = [turn("b", "leg", "agent", 0, 1_000)]

    rows = measured(opened(start()), [recording("b"), recording("a")], turns)

    assert [(row["conversation_id"], row["is_transcribed"]) for row in rows] == [
        ("a", False), ("b", True)
    ]  # fmt: skip
    known = {name for name, value in rows[0].items() if value is not None}
    assert known == {"conversation_id", "is_transcribed", "turn_count"}


def test_two_recordings_of_a_conversation_are_one_row(start: Start, opened: Open) -> None:
    recordings = [recording("c", number) for number in (1, 2)]

    assert len(measured(opened(start()), recordings, [])) == 1
