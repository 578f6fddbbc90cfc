"""WebVTT and SRT, read back by parsers that are not ours: the packages webvtt-py and srt."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
import srt as srt_reader
import webvtt as vtt_reader

from recordings_pipeline.core.interchange.srt import srt
from recordings_pipeline.core.interchange.text import clock
from recordings_pipeline.core.interchange.webvtt import webvtt
from recordings_pipeline.core.spoken import SpokenConversation
from tests.spoken import (
    AGENT,
    COLLEAGUE,
    CUSTOMER,
    EITHER,
    HOSTILE,
    MACHINE,
    SECOND,
    conversation,
    hostile,
    recording,
    said,
)

# Start and end in seconds, speaker, text.
Cue = tuple[float, float, str, str]
Write = Callable[[SpokenConversation], str]
Read = Callable[[str], list[Cue]]


def from_vtt(text: str) -> list[Cue]:
    return [
        (
            cue.start_in_seconds + cue.start_time.milliseconds / 1_000,
            cue.end_in_seconds + cue.end_time.milliseconds / 1_000,
            unescape(cue.voice or ""),
            unescape(cue.text),
        )
        for cue in vtt_reader.from_string(text).captions
    ]


def from_srt(text: str) -> list[Cue]:
    found = []
    for cue in srt_reader.parse(text):
        speaker, _, words = cue.content.partition(":")
        found.append(
            (
                cue.start / timedelta(seconds=1),
                cue.end / timedelta(seconds=1),
                speaker,
                words.strip(),
            )
        )
    return found


FORMATS = pytest.mark.parametrize(
    ("write", "read"), [(webvtt, from_vtt), (srt, from_srt)], ids=["vtt", "srt"]
)


@FORMATS
def test_cues_name_the_speaker_and_overlap_where_people_do(write: Write, read: Read) -> None:
    phrases = [
        said(MACHINE, 0, 900, "press one"),
        said(AGENT, 1_000, 3_000, "good morning"),
        said(CUSTOMER, 2_500, 4_000, "hi there"),
        said(COLLEAGUE, 3_601_000, 3_602_500, "hello"),
        said(EITHER, 3_603_000, 3_604_000, "bye"),
    ]

    found = read(write(conversation(recording(phrases))))

    assert found == [
        (0, 0.9, "IVR", "press one"),
        (1, 3, "Anna A.", "good morning"),
        (2.5, 4, "Customer", "hi there"),
        (3_601, 3_602.5, "Bert B.", "hello"),
        (3_603, 3_604, "Anna A. or Bert B.", "bye"),
    ]


@FORMATS
def test_several_recordings_share_the_clock_of_the_first_and_tell_nothing_twice(
    write: Write, read: Read
) -> None:
    first = recording([said(AGENT, 1_000, 2_000, "one"), said(AGENT, 9_000, 9_900, "three")])
    phrases = [said(CUSTOMER, 500, 900, "two"), said(AGENT, 6_500, 7_400, "three")]
    second = recording(phrases, id_=SECOND, after_ms=2_500)

    found = read(write(conversation(second, first)))

    assert [(start, text) for start, _, _, text in found] == [(1, "one"), (3, "two"), (9, "three")]


@FORMATS
def test_agents_without_a_name_are_numbered(write: Write, read: Read) -> None:
    phrases = [said(AGENT, 0, 900, "a"), said(COLLEAGUE, 1_000, 1_900, "b")]

    numbered = read(write(conversation(recording(phrases), names={})))
    alone = read(write(conversation(recording(phrases[:1]), names={})))

    assert [speaker for _, _, speaker, _ in numbered] == ["Agent 1", "Agent 2"]
    assert [speaker for _, _, speaker, _ in alone] == ["Agent"]


@FORMATS
def test_hostile_words_stay_within_their_cue_and_are_no_markup(write: Write, read: Read) -> None:
    text = write(hostile())

    found = read(text)

    assert len(found) == 2 * len(HOSTILE) - 1  # of two that are empty, one has the same time
    assert all(0 <= start < end for start, end, _, _ in found)
    assert [start for start, *_ in found] == sorted(start for start, *_ in found)
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]", text) == []
    assert text.count("-->") == len(found)
    assert set(re.findall("<[^>]*", text)) <= {"</v", *re.findall("<v [^<>]*", text)}
    text.encode()


def test_hostile_words_are_read_back_from_vtt_as_they_were_said() -> None:
    (spoken,) = from_vtt(webvtt(conversation(recording([said(CUSTOMER, 0, 900, HOSTILE[0])]))))

    assert spoken[3] == HOSTILE[0]


@FORMATS
@pytest.mark.parametrize("made", [conversation(recording()), conversation()])
def test_nothing_said_makes_no_cue(write: Write, read: Read, made: SpokenConversation) -> None:
    text = write(made)

    assert (read(text) if text else []) == []


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (-1, "00:00:00.000"),
        (3_599_999, "00:59:59.999"),
        (3_600_000, "01:00:00.000"),
        (360_000_000, "100:00:00.000"),
    ],
)
def test_times_have_as_many_hours_as_they_need_and_are_never_negative(ms: int, text: str) -> None:
    assert clock(ms, ".") == text
