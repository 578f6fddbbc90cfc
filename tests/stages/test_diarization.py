"""Turns come from the kept transcripts alone, numbered and in their order."""

from itertools import groupby
from operator import itemgetter
from typing import Any

from recordings_pipeline.stages.diarization import diarize_day
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.recording_index import index_day
from recordings_pipeline.stages.transcripts import transcribe_day
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start
from tests.stages.conftest import DAY, Open

LEG = itemgetter("conversation_id", "communication_id")


def transcribed(export: Export) -> list[dict[str, Any]]:
    """Fetch the day's transcripts and return their phrases."""
    index_day(export, DAY)
    return read_rows(export.home.path(transcribe_day(export, DAY).path))


def test_a_day_without_transcripts_is_an_empty_table(start: Start, opened: Open) -> None:
    export = opened(start())

    report = diarize_day(export, DAY)

    assert report.row_count == 0
    assert read_rows(export.home.path(report.path)) == []


def test_turns_are_numbered_from_zero_in_each_communication(start: Start, opened: Open) -> None:
    export = opened(start(calls_per_day=6))
    phrases = transcribed(export)

    report = diarize_day(export, DAY)

    turns = read_rows(export.home.path(report.path))
    by_leg = {leg: list(found) for leg, found in groupby(turns, LEG)}
    assert list(by_leg) == sorted({LEG(phrase) for phrase in phrases})
    assert report.counts["communications"] == len(by_leg) == 4
    for found in by_leg.values():
        assert [turn["turn_index"] for turn in found] == list(range(len(found)))
        assert [turn["start_ms"] for turn in found] == sorted(turn["start_ms"] for turn in found)


def test_a_turn_begins_and_ends_with_a_phrase_of_its_side(start: Start, opened: Open) -> None:
    export = opened(start(calls_per_day=6))
    phrases = transcribed(export)

    turns = read_rows(export.home.path(diarize_day(export, DAY).path))

    assert turns
    for name in ("start_ms", "end_ms"):
        edges = {(*LEG(phrase), phrase["side"], phrase[name]) for phrase in phrases}
        assert {(*LEG(turn), turn["side"], turn[name]) for turn in turns} <= edges


def test_the_platform_is_asked_nothing(start: Start, opened: Open) -> None:
    simulator = start(calls_per_day=6)
    export = opened(simulator)
    transcribed(export)
    asked = simulator.traffic.api_requests

    report = diarize_day(export, DAY)

    assert simulator.traffic.api_requests == asked
    assert report.throughput.api_calls == 0
