"""Every phrase, word, event and turn is the simulator's truth, and so is who spoke it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.layout import table_path
from recordings_pipeline.simulator.call import AVAILABLE
from recordings_pipeline.simulator.options import PERMISSIONS
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.simulator.timeline import PAUSE
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.export import Export, open_export
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start, settings_of
from tests.masks import true_metrics
from tests.truth import busy_world, truths

DAY = Day.from_key("2026-01-31")
NOW = datetime(2026, 2, 4, tzinfo=UTC)
STAGES = ("recording_index", "transcripts", "diarization", "conversation_metrics")
# What the metadata of the platform does not tell apart, and the busy world has little of.
ODD = {
    "transfer": 0.15, "conference": 0.12, "consult": 0.12, "coaching": 0.08, "voicemail": 0.05,
    "second_recording": 0.15, "snippet": 0.15, "outside_windows": 0.05, "two_runs": 0.05,
    "sparse_transcript": 0.05, "mono": 0.05, "untranscribed": 0.05,
}  # fmt: skip
LONGEST_PAUSE_MS = 1_500

Row = dict[str, Any]
RECORDING = itemgetter("recording_id")


@pytest.mark.parametrize(
    ("calls", "odd", "metadata"),
    [
        (150, ODD, "always"),
        pytest.param(10_000, {}, "when_needed", marks=pytest.mark.slow),
    ],
    ids=["a small day", "a large day"],
)
def test_what_was_said_and_who_said_it_is_the_truth(
    start: Start, tmp_path: Path, calls: int, odd: dict[str, float], metadata: str
) -> None:
    simulator = start(
        world=busy_world(tmp_path, calls, **odd),
        calls_per_day=None,
        permissions=PERMISSIONS,
        processes=2 if calls > 1_000 else 1,
        requests_per_minute=10**6,
        now=NOW,
    )

    settings = settings_of(simulator, tmp_path / "data", RECORDINGS_METADATA=metadata)
    with open_export(settings, clock=lambda: NOW) as export:
        for stage in STAGES:
            run_stage(export, stage, DAY)
        phrases, words, events, turns = (
            tables(export, name)
            for name in ("transcripts", "words", "speech_events", "diarization")
        )
        index = read_rows(export.home.path(table_path("recording_index", DAY)))
        metrics = read_rows(export.home.path(table_path("conversation_metrics", DAY)))

    told = {r["recording_id"]: r for r in transcribed(truths(simulator, DAY))}
    for truth in told.values():
        truth["phrases"].sort(key=span)
    assert phrases.keys() == {id_ for id_, truth in told.items() if truth["phrases"]}
    for id_, truth in told.items():
        assert list(map(as_phrase, phrases.get(id_, []))) == list(true_phrases(truth))
        assert list(map(as_word, words.get(id_, []))) == list(true_words(truth))
        noticed = [row for row in events.get(id_, []) if row["source"] == "transcript"]
        assert sorted(map(as_event, noticed)) == sorted(true_events(truth))
        assert list(map(as_turn, turns.get(id_, []))) == list(true_turns(truth))
    kinds = {
        (one["speaker"], len(one["could_be"]) > 1) for r in told.values() for one in r["phrases"]
    }
    assert kinds == {("agent", True), ("agent", False), ("customer", False), ("ivr", False)}
    asked = {row["recording_id"] for row in index if is_annotated(row)}
    assert_true_metrics(simulator, metrics, told, asked)
    paused = dict(true_pauses(simulator, asked))
    assert paused
    assert paused == {
        id_: found for id_, rows in events.items() if (found := list(map(span, as_paused(rows))))
    }


def assert_true_metrics(
    simulator: Simulator, metrics: list[Row], told: dict[str, Row], asked: set[str]
) -> None:
    """Compare each conversation of which the call itself was transcribed."""
    rows = {row["conversation_id"]: row for row in metrics}
    totals: Counter[str] = Counter()
    for call in simulator.world.calls(DAY.date):
        truth = told.get(call.recording_id or "")
        if truth is None or not truth["phrases"]:
            continue
        expected = true_metrics(call, truth, is_paused=truth["recording_id"] in asked)
        row = rows[call.conversation_id]
        assert {name: row[name] for name in expected} == expected
        totals.update({name: abs(value or 0) for name, value in expected.items()})
    assert all(totals.values()), totals


def true_pauses(
    simulator: Simulator, asked: set[str]
) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield the secure pauses of each recording of which the metadata was read, and has them."""
    for call in simulator.world.calls(DAY.date):
        pauses = [(phase.start_ms, phase.end_ms) for phase in call.phases if phase.kind == PAUSE]
        for recording in call.recordings:
            is_whole = recording.kind in ("recording", "second") and recording.media == "audio"
            if pauses and is_whole and recording.id in asked:
                yield recording.id, pauses


def is_annotated(row: Row) -> bool:
    """Say whether annotations were read: metadata has them while the file is at hand."""
    return bool(row["has_metadata"]) and row["file_state"] == AVAILABLE


def as_paused(rows: list[Row]) -> list[Row]:
    return [row for row in rows if (row["source"], row["kind"]) == ("recording", "secure_pause")]


def tables(export: Export, name: str) -> dict[str, list[Row]]:
    """Return a table's rows by recording, in their order."""
    rows = read_rows(export.home.path(table_path(name, DAY)))
    assert rows
    return {id_: list(found) for id_, found in groupby(rows, RECORDING)}


def transcribed(conversations: list[Row]) -> Iterator[Row]:
    """Yield the recordings of which a transcript can be had, with their conversation's traits."""
    for conversation in conversations:
        for recording in conversation["recordings"]:
            is_there = recording["file_state"] != "DELETED"
            if conversation["is_told"] and recording["media"] == "audio" and is_there:
                yield {
                    **recording,
                    "traits": conversation["traits"],
                    "is_sparse": "sparse_transcript" in conversation["traits"],
                }


def true_speaker(phrase: Row) -> tuple[str, str | None, bool, list[str] | None]:
    could_be = phrase["could_be"]
    if len(could_be) > 1:
        return "agent", None, True, could_be
    return phrase["speaker"], phrase["user_id"], False, None


def true_phrases(truth: Row) -> Iterator[tuple[object, ...]]:
    for phrase in truth["phrases"]:
        text = (phrase["text"], None if truth["is_sparse"] else phrase["decorated_text"])
        yield (phrase["side"], *span(phrase), *text, len(phrase["words"]), *true_speaker(phrase))


def true_words(truth: Row) -> Iterator[tuple[object, ...]]:
    for phrase in truth["phrases"] if not truth["is_sparse"] else ():
        for word in phrase["words"]:
            yield (phrase["side"], *true_speaker(phrase)[:2], *word)


def true_events(truth: Row) -> Iterator[tuple[object, ...]]:
    for event in truth["events"]:
        value = -2.0 if event["value"] is None else event["value"]
        yield (event["kind"], event["side"], *span(event), event["name"], value)


def true_turns(truth: Row) -> Iterator[tuple[object, ...]]:
    """Join phrases of one speaker until another one speaks, or nobody for long."""
    turns: list[list[Row]] = []
    for phrase in truth["phrases"]:
        last = turns[-1] if turns else []
        is_same = bool(last) and (
            (last[0]["side"], true_speaker(last[0])) == (phrase["side"], true_speaker(phrase))
        )
        end_ms = max((one["end_ms"] for one in last), default=0)
        if is_same and phrase["start_ms"] - end_ms <= LONGEST_PAUSE_MS:
            last.append(phrase)
        else:
            turns.append([phrase])
    for turn in turns:
        end_ms = max(one["end_ms"] for one in turn)
        words = sum(len(one["words"]) for one in turn)
        speaker = true_speaker(turn[0])
        yield (turn[0]["side"], turn[0]["start_ms"], end_ms, len(turn), words, *speaker)


def span(found: Row) -> tuple[int, int]:
    return found["start_ms"], found["end_ms"]


def as_speaker(row: Row) -> tuple[object, ...]:
    return row["speaker_role"], row["user_id"], row["is_ambiguous"], row["candidate_user_ids"]


def as_phrase(row: Row) -> tuple[object, ...]:
    text = row["text"], row["decorated_text"]
    return (row["side"], *span(row), *text, row["word_count"], *as_speaker(row))


def as_word(row: Row) -> tuple[object, ...]:
    who = row["side"], row["speaker_role"], row["user_id"]
    return (*who, row["word"], *span(row), row["confidence"])


def as_event(row: Row) -> tuple[object, ...]:
    value = -2.0 if row["value"] is None else row["value"]
    return (row["kind"], row["side"], *span(row), row["name"] or "", value)


def as_turn(row: Row) -> tuple[object, ...]:
    counts = row["phrase_count"], row["word_count"]
    return (row["side"], *span(row), *counts, *as_speaker(row))
