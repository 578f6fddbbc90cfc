"""One row per conversation with a recording, from what was published about its speech."""

from uuid import UUID

from recordings_pipeline.core.layout import table_path
from recordings_pipeline.stages.archive import archive_of
from recordings_pipeline.stages.conversation_metrics import measure_day
from recordings_pipeline.stages.transcripts import rebuild_transcripts
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start
from tests.listing import START, conversation, discovered
from tests.stages.conftest import DAY, Open
from tests.stages.saying import R1, R2, R3, burst, channel, list_calls, phrase, publish

ONE, TWO, THREE = (str(UUID(int=number)) for number in (1, 2, 3))


def test_every_conversation_with_a_recording_is_a_row(start: Start, opened: Open) -> None:
    export = opened(start())
    list_calls(export, {THREE: [R3], ONE: [R1, R2], TWO: []})
    publish(
        export,
        transcripts=[
            phrase(ONE, R1, "agent", 0, 6),
            phrase(ONE, R1, "customer", 6.4, 8.4),
            phrase(ONE, R2, "agent", 0, 6),
        ],
        audio_channels=[channel(THREE, R3, 1, "internal")],
        voice_activity=[burst(THREE, R3, 1, 1, 2)],
    )

    report = measure_day(export, DAY)

    rows = read_rows(export.home.path(report.path))
    assert [(row["conversation_id"], row["source"]) for row in rows] == [
        (ONE, "transcript"), (THREE, "audio")
    ]  # fmt: skip
    assert report.counts == {"transcribed": 1, "from_audio": 1}
    assert (rows[0]["agent_talk_ms"], rows[0]["customer_talk_ms"]) == (6_000, 2_000)
    assert rows[0]["customer_response_ms"] == 400
    assert rows[0]["agent_words_per_minute"] == 100.0
    assert rows[0]["duration_ms"] == 60_000


def test_a_pause_that_metadata_told_is_no_silence_also_where_nothing_was_transcribed(
    start: Start, opened: Open
) -> None:
    export = opened(start())
    for call, id_, pauses in ((ONE, R1, ["secure_pause 4000 8000"]), (TWO, R2, None)):
        listed = discovered(id_, communication_id="leg", pauses=pauses)
        export.ledger.listed(DAY, START, [conversation(call, [listed])])
    publish(
        export,
        audio_channels=[
            channel(call, id_, number, side)
            for call, id_ in ((ONE, R1), (TWO, R2))
            for number, side in ((1, "internal"), (2, "external"))
        ],
        voice_activity=[
            burst(call, id_, number, at, at + 2)
            for call, id_ in ((ONE, R1), (TWO, R2))
            for number, at in ((1, 2), (2, 8))
        ],
    )

    rebuild_transcripts(archive_of(export), DAY)
    rows = read_rows(export.home.path(measure_day(export, DAY).path))

    (event,) = read_rows(export.home.path(table_path("speech_events", DAY)))
    found = ("recording_id", "kind", "source", "side", "start_ms", "end_ms", "start_time")
    assert [event[name] for name in found] == [
        R1, "secure_pause", "recording", None, 4_000, 8_000, None
    ]  # fmt: skip
    assert [(row["pause_ms"], row["silence_ms"]) for row in rows] == [(4_000, 0), (None, 4_000)]


def test_a_sentiment_is_one_of_the_recording_that_counts(start: Start, opened: Open) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1, R2]})
    event = {
        "conversation_id": ONE, "communication_id": "leg", "kind": "sentiment",
        "source": "transcript", "side": "external", "start_ms": 500,
    }  # fmt: skip
    publish(
        export,
        transcripts=[phrase(ONE, id_, "customer", 0, length) for id_, length in ((R1, 9), (R2, 5))],
        speech_events=[
            {**event, "recording_id": R1, "value": 1.0},
            {**event, "recording_id": R2, "value": -1.0},
        ],
    )

    (row,) = read_rows(export.home.path(measure_day(export, DAY).path))

    assert row["customer_sentiment"] == 1.0


def test_a_conversation_of_which_nothing_was_heard_is_a_row_of_unknowns(
    start: Start, opened: Open
) -> None:
    export = opened(start())
    list_calls(export, {ONE: [R1]})

    (row,) = read_rows(export.home.path(measure_day(export, DAY).path))

    known = {name for name, value in row.items() if value is not None}
    assert known == {"conversation_id", "is_transcribed", "duration_ms"}
