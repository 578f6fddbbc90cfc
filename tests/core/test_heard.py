"""A conversation's recordings add up to one row, each word once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recordings_pipeline.core.heard import AUDIO, TRANSCRIPT, Heard, Noticed, metrics_row
from recordings_pipeline.core.metrics_schema import CONVERSATION_METRICS
from recordings_pipeline.core.speech import Speaker, Stretch, Turn
from recordings_pipeline.core.standings import Course

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
START = round(NOON.timestamp() * 1_000)
AGENT = Speaker("agent", "a", is_ambiguous=False)
CUSTOMER = Speaker("customer", None, is_ambiguous=False)
IVR = Speaker("ivr", None, is_ambiguous=False)
MINUTE = timedelta(minutes=1)


def did(purpose: str, kind: str, start_s: float, end_s: float, leg: str = "leg") -> Stretch:
    user = "a" if purpose == "agent" else None
    start, end = (START + round(at * 1_000) for at in (start_s, end_s))
    return Stretch(purpose, user, f"{leg}-{purpose}", kind, start, end)


def said(speaker: Speaker, start_s: float, end_s: float, words: int | None = 10) -> Turn:
    side = "external" if speaker == CUSTOMER else "internal"
    start_ms, end_ms = round(start_s * 1_000), round(end_s * 1_000)
    return Turn(side, speaker, start_ms, end_ms, words and 1, words, 0.9)


def heard(*spoken: Turn, name: str = "one", **more: Any) -> Heard:  # noqa: ANN401
    return Heard(name, "leg-customer", TRANSCRIPT, START, spoken, **more)


CALL = Course(
    "c",
    NOON,
    NOON + MINUTE,
    (
        did("customer", "interact", 0, 60),
        did("ivr", "ivr", 0, 5),
        did("acd", "delay", 5, 9),
        did("agent", "interact", 9, 30),
        did("agent", "hold", 30, 40),
        did("agent", "interact", 40, 60),
    ),
)
TALK = (said(IVR, 0, 4), said(CUSTOMER, 4.2, 4.8), said(AGENT, 10, 20), said(CUSTOMER, 20, 28))


def test_a_row_has_every_column_and_no_other() -> None:
    row = metrics_row(CALL, [heard(*TALK)])

    assert set(row) == set(CONVERSATION_METRICS.names())


def test_what_nobody_heard_is_unknown_but_its_duration_and_hold() -> None:
    row = metrics_row(CALL, [])

    known = {name: value for name, value in row.items() if value is not None}
    assert known == {
        "conversation_id": "c",
        "is_transcribed": False,
        "duration_ms": 60_000,
        "hold_ms": 10_000,
    }


def test_an_open_conversation_of_which_nothing_is_known_has_no_hold_and_no_shares() -> None:
    row = metrics_row(replace(CALL, end=None, stretches=()), [heard(*TALK)])

    unknown = ("duration_ms", "hold_ms", "agent_talk_percent", "overtalk_percent")
    assert [row[name] for name in unknown] == [None] * 4
    assert row["agent_talk_ms"] == 10_000


def test_both_sides_machines_and_waits_are_told_apart() -> None:
    row = metrics_row(CALL, [heard(*TALK, said(AGENT, 45, 50))])

    assert (row["agent_talk_ms"], row["customer_talk_ms"], row["ivr_talk_ms"]) == (
        15_000, 8_600, 4_000
    )  # fmt: skip
    # From the customer's first word on: 28 to 30 is too short, 30 to 40 a hold.
    assert (row["silence_ms"], row["silence_count"]) == (5_000, 1)
    assert row["first_agent_speech_ms"] == 10_000
    assert row["agent_talk_percent"] == 25.0
    assert row["agent_word_count"] == 20
    assert row["agent_words_per_minute"] == 80.0


@pytest.mark.parametrize("communication_id", ["leg-agent", "leg-customer"])
def test_a_second_recording_of_the_same_words_does_not_count_twice(communication_id: str) -> None:
    second = replace(heard(*TALK, name="another"), communication_id=communication_id)

    assert metrics_row(CALL, [heard(*TALK), second]) == metrics_row(CALL, [heard(*TALK)])


def test_recordings_that_follow_each_other_add_up_on_one_clock() -> None:
    later = replace(heard(said(AGENT, 0, 5), name="later"), start_epoch_ms=START + 45_000)

    both = metrics_row(CALL, [heard(*TALK), later])

    assert both == {
        **metrics_row(CALL, [heard(*TALK, said(AGENT, 45, 50))]),
        "turn_count": both["turn_count"],
    }


def test_a_consult_is_no_talk_with_the_customer() -> None:
    consult = heard(said(AGENT, 31, 39), name="consult", is_consult=True)

    assert metrics_row(CALL, [heard(*TALK), consult]) == metrics_row(CALL, [heard(*TALK)])
    assert metrics_row(CALL, [consult])["source"] is None


def test_without_a_clock_one_recording_counts_and_nothing_of_the_wall_is_known() -> None:
    blind = replace(heard(*TALK, name="blind"), start_epoch_ms=None)

    row = metrics_row(CALL, [blind, replace(blind, recording_id="second")])

    assert row["agent_talk_ms"] == 10_000
    assert row["first_agent_speech_ms"] is None


def test_the_audio_is_the_source_only_where_nothing_was_transcribed() -> None:
    spoken = [replace(turn, phrase_count=None, word_count=None) for turn in TALK]
    audio = replace(heard(*spoken), source=AUDIO)

    alone = metrics_row(CALL, [audio])

    assert metrics_row(CALL, [audio, heard(*TALK)])["source"] == TRANSCRIPT
    assert (alone["source"], alone["is_transcribed"]) == (AUDIO, False)
    assert alone["agent_talk_ms"] == 10_000
    assert alone["agent_word_count"] is alone["agent_words_per_minute"] is None


def test_what_is_said_during_a_hold_is_not_said_to_the_customer() -> None:
    row = metrics_row(CALL, [heard(*TALK, said(AGENT, 32, 36))])

    assert (row["agent_talk_ms"], row["agent_word_count"]) == (10_000, 10)


def test_sentiment_is_that_of_people() -> None:
    events = [
        Noticed("one", "sentiment", side, start_ms, None, value)
        for side, start_ms, value in (
            ("internal", 1_000, -1.0),
            ("internal", 11_000, 1.0),
            ("internal", 12_000, 0.0),
            ("external", 21_000, -1.0),
        )
    ]

    row = metrics_row(CALL, [heard(*TALK)], [*events, replace(events[0], recording_id="other")])

    assert (row["agent_sentiment"], row["customer_sentiment"]) == (0.5, -1.0)


def test_a_secure_pause_is_no_silence() -> None:
    talk = heard(said(AGENT, 10, 12), said(AGENT, 20, 22))
    pause = Noticed("one", "secure_pause", None, 12_000, 20_000, None)

    assert metrics_row(CALL, [talk])["silence_ms"] == 8_000
    assert metrics_row(CALL, [talk], [pause])["silence_ms"] == 0


@pytest.mark.parametrize("kind", ["pause", "secure_pause"])
def test_nobody_is_slow_to_respond_over_a_pause(kind: str) -> None:
    talk = heard(said(CUSTOMER, 10, 12), said(AGENT, 14, 16))
    pause = Noticed("one", kind, None, 12_500, 13_500, None)

    known, unknown = metrics_row(CALL, [talk], [pause]), metrics_row(CALL, [talk])

    assert (known["agent_response_ms"], known["pause_ms"]) == (None, 1_000)
    assert (unknown["agent_response_ms"], unknown["pause_ms"]) == (2_000, None)
