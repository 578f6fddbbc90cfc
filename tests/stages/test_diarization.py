"""Turns come from the published tables alone, numbered and in their order."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.layout import raw_transcript_path
from recordings_pipeline.core.speech import Stretch
from recordings_pipeline.stages.diarization import diarize_day
from recordings_pipeline.stages.export import Export
from recordings_pipeline.storage.raw import keep_raw
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start
from tests.listing import START
from tests.stages.conftest import DAY, Open
from tests.stages.saying import R1, R2, R3, START_MS, burst, channel, list_calls, phrase, publish

ONE, TWO = (str(UUID(int=number)) for number in (1, 2))
AGENT_ID = str(UUID(int=3))


def did(purpose: str, kind: str, start_s: int, end_s: int) -> Stretch:
    user = AGENT_ID if purpose == "agent" else None
    leg = "leg" if purpose == "customer" else f"leg-{purpose}"
    start, end = START_MS + start_s * 1_000, START_MS + end_s * 1_000
    return Stretch(purpose, user, leg, kind, start, end)


CALL = (
    did("customer", "interact", 0, 60),
    did("ivr", "ivr", 0, 10),
    did("agent", "interact", 12, 60),
)


def stereo(duration_ms: int | None = 60_000) -> list[dict[str, Any]]:
    sides = (1, "external"), (2, "internal")
    return [channel(ONE, R1, *side, duration_ms=duration_ms) for side in sides]


def on_leg(leg: str, *spans: tuple[int, float, float]) -> list[dict[str, Any]]:
    return [{**burst(ONE, R1, *span), "communication_id": leg} for span in spans]


def voices_of(turns: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    return [
        (
            t["speaker_role"],
            t["user_id"],
            t["is_ambiguous"],
            t["candidate_user_ids"],
            t["start_time"],
        )
        for t in turns
    ]


def turns_of(export: Export) -> list[dict[str, Any]]:
    return read_rows(export.home.path(diarize_day(export, DAY).path))


def test_a_day_without_anything_said_is_an_empty_table(start: Start, opened: Open) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1]})

    assert turns_of(export) == []


def test_turns_are_numbered_by_recording_and_source(start: Start, opened: Open) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1, R2], TWO: [R3]}, *CALL)
    publish(
        export,
        transcripts=[
            phrase(ONE, R1, "agent", 12, 14),
            phrase(ONE, R1, "agent", 15, 16),
            phrase(ONE, R1, "customer", 15.5, 17),
            phrase(ONE, R2, "agent", 1, 2),
            phrase(TWO, R3, "ivr", 1, 2),
        ],
        audio_channels=stereo(),
        voice_activity=[burst(ONE, R1, 1, 1, 2), burst(ONE, R1, 2, 13, 14)],
    )

    turns = turns_of(export)

    assert [
        (t["recording_id"], t["source"], t["turn_index"], t["speaker_role"]) for t in turns
    ] == [
        (R1, "audio", 0, "customer"),
        (R1, "audio", 1, "agent"),
        (R1, "transcript", 0, "agent"),
        (R1, "transcript", 1, "customer"),
        (R2, "transcript", 0, "agent"),
        (R3, "transcript", 0, "ivr"),
    ]
    assert (turns[2]["phrase_count"], turns[2]["word_count"]) == (2, 20)
    assert [turn["overlap_ms"] for turn in turns] == [0, 0, 500, 500, 0, 0]
    assert [turn["detector"] for turn in turns] == ["energy 1"] * 2 + [None] * 4
    assert turns[2]["start_time"] == START + timedelta(seconds=12)


def test_who_is_heard_on_a_channel_is_told_by_the_course_of_the_call(
    start: Start, opened: Open
) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1]}, *CALL)
    publish(
        export,
        audio_channels=stereo(),
        voice_activity=[
            burst(ONE, R1, 1, 30, 31), burst(ONE, R1, 2, 1, 9), burst(ONE, R1, 2, 20, 22)
        ],
    )  # fmt: skip

    turns = turns_of(export)

    assert [(t["speaker_role"], t["user_id"], t["start_ms"]) for t in turns] == [
        ("ivr", None, 1_000), ("agent", AGENT_ID, 20_000), ("customer", None, 30_000)
    ]  # fmt: skip
    assert {turn["word_count"] for turn in turns} == {None}
    assert turns[0]["start_time"] == START + timedelta(seconds=1)


def test_a_recording_on_an_agents_leg_that_lasts_as_long_as_the_call_began_with_it(
    start: Start, opened: Open
) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1]}, *CALL)
    activity = on_leg("leg-agent", (2, 1, 9), (2, 20, 22))
    publish(export, audio_channels=stereo(), voice_activity=activity)

    assert voices_of(turns_of(export)) == [
        ("ivr", None, False, None, START + timedelta(seconds=1)),
        ("agent", AGENT_ID, False, None, START + timedelta(seconds=20)),
    ]


@pytest.mark.parametrize("duration_ms", [30_000, 62_001, None])
@pytest.mark.parametrize("leg", ["leg", "leg-agent"])
def test_where_nothing_tells_when_a_recording_began_nobody_is_named_who_is_not_sure(
    start: Start, opened: Open, leg: str, duration_ms: int | None
) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1]}, *CALL)
    activity = on_leg(leg, (2, 1, 9), (1, 10, 11))
    publish(export, audio_channels=stereo(duration_ms), voice_activity=activity)

    assert voices_of(turns_of(export)) == [
        ("internal", None, True, [AGENT_ID], None),
        ("customer", None, False, None, None),
    ]


def test_who_is_alone_on_a_side_is_named_whenever_a_recording_began(
    start: Start, opened: Open
) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1]}, CALL[0], CALL[2])
    publish(export, audio_channels=stereo(5_000), voice_activity=on_leg("leg", (2, 1, 2)))

    assert voices_of(turns_of(export)) == [("agent", AGENT_ID, False, None, None)]


@pytest.mark.parametrize("is_damaged", [False, True], ids=["readable", "damaged"])
def test_a_transcript_without_a_phrase_still_tells_when_its_recording_began(
    start: Start, opened: Open, *, is_damaged: bool
) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1]}, *CALL)
    publish(export, audio_channels=stereo(9_000), voice_activity=on_leg("leg", (2, 1, 2)))
    path = export.home.path(raw_transcript_path(DAY, R1))
    keep_raw(path, json.dumps({"startTime": START_MS + 20_000, "transcripts": []}).encode())
    if is_damaged:
        path.write_bytes(path.read_bytes()[:20])

    (turn,) = turns_of(export)

    assert turn["is_ambiguous"] == is_damaged
    assert turn["start_time"] == (None if is_damaged else START + timedelta(seconds=21))


@pytest.mark.parametrize(
    "channels",
    [
        [channel(ONE, R1, 1, None)],
        [channel(ONE, R1, n, "internal", is_dual_mono=True) for n in (1, 2)],
    ],
    ids=["mono", "dual mono"],
)
def test_a_channel_with_both_sides_tells_nobodys_turns(
    start: Start, opened: Open, channels: list[dict[str, Any]]
) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1]}, *CALL)
    publish(export, audio_channels=channels, voice_activity=[burst(ONE, R1, 1, 1, 2)])

    assert turns_of(export) == []


def test_doubt_keeps_its_candidates(start: Start, opened: Open) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1]})
    doubt = {"user_id": None, "is_ambiguous": True, "candidate_user_ids": ["a", "b"]}
    publish(export, transcripts=[phrase(ONE, R1, "agent", 1, 2, **doubt)])

    report = diarize_day(export, DAY)

    (turn,) = read_rows(export.home.path(report.path))
    assert (turn["is_ambiguous"], turn["candidate_user_ids"]) == (True, ["a", "b"])
    assert report.counts["ambiguous_turns"] == 1
    assert report.warnings == ()


def test_a_table_that_is_not_sorted_is_refused(start: Start, opened: Open) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1], TWO: [R2]})
    publish(export, transcripts=[phrase(id_, "r", "agent", 1, 2) for id_ in (TWO, ONE)])

    with pytest.raises(MalformedPayload, match="transcripts: is not sorted"):
        diarize_day(export, DAY)


def test_a_transcript_and_the_sound_are_compared_where_both_are_there(
    start: Start, opened: Open
) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1, R2, R3]}, *CALL)
    sides = [(R1, 1, "external"), (R1, 2, "internal"), (R2, 1, "external")]
    publish(
        export,
        transcripts=[phrase(ONE, id_, "agent", 12, 40) for id_ in (R1, R2, R3)],
        audio_channels=[channel(ONE, id_, number, side) for id_, number, side in sides],
        voice_activity=[burst(ONE, R1, 2, 12, 40)],
    )

    report = diarize_day(export, DAY)

    (table,) = report.others
    rows = read_rows(export.home.path(table.path))
    assert [(row["recording_id"], row["verdict"], row["audio_ms"]) for row in rows] == [
        (R1, "agrees", 28_000), (R2, "missing_speech", 0)
    ]  # fmt: skip
    assert (table.name, table.row_count) == ("transcript_agreement", 2)
    assert (report.counts["recordings"], report.counts["disagreeing"]) == (3, 1)
    (warning,) = report.warnings
    assert warning == (
        "transcript and audio of 1 recordings disagree (1 missing_speech): look at their rows in "
        "transcript_agreement before you use their turns"
    )


def test_agreement_is_looked_for_as_long_as_somebody_listened(start: Start, opened: Open) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1]}, *CALL)
    said = [(12, 40), (70, 90), (7_000, 7_001)]
    second = {"file_number": 2, "duration_ms": 30_000}
    publish(
        export,
        transcripts=[phrase(ONE, R1, "agent", *times) for times in said],
        audio_channels=[
            channel(ONE, R1, 1, "external"),
            channel(ONE, R1, 2, "internal"),
            channel(ONE, R1, 1, "external", **second),
        ],
        voice_activity=[burst(ONE, R1, 2, *times) for times in said[:2]],
    )

    report = diarize_day(export, DAY)

    (row,) = read_rows(export.home.path(report.others[0].path))
    assert (row["verdict"], row["transcript_ms"], row["audio_ms"]) == ("agrees", 48_000, 48_000)


def test_the_platform_is_asked_nothing(start: Start, opened: Open) -> None:
    simulator = start()
    export = opened(simulator)
    list_calls(export, {ONE: [R1]})
    publish(export, transcripts=[phrase(ONE, R1, "agent", 1, 2)])
    asked = simulator.traffic.api_requests

    report = diarize_day(export, DAY)

    assert simulator.traffic.api_requests == asked
    assert (report.row_count, report.throughput.api_calls) == (1, 0)
