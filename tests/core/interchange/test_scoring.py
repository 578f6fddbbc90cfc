"""RTTM and CTM, read as scorers read them: ten fields, and lines sorted as `sclite` wants them.

No reader of either comes without PyTorch or a compiler, so that the fields are checked here, one by
one, as the evaluation plan and SCTK's manual list them.
"""

import re

from recordings_pipeline.core.interchange.ctm import ctm
from recordings_pipeline.core.interchange.rttm import rttm
from recordings_pipeline.core.speech import Word
from recordings_pipeline.core.spoken import SoundFile
from tests.spoken import (
    AGENT,
    ANNA,
    CUSTOMER,
    EITHER,
    FIRST,
    HOSTILE,
    MACHINE,
    SECOND,
    conversation,
    hostile,
    recording,
    said,
    turn,
    worded,
)

RTTM = re.compile(r"SPEAKER \S+ [1-9] \d+\.\d{3} \d+\.\d{3} <NA> <NA> \S+ (<NA>|[01]\.\d{3}) <NA>")
CTM = re.compile(r"[^ ;]\S* [A-Z] \d+\.\d{3} \d+\.\d{3} [^ <>]+( [01]\.\d{4})?")


def test_turns_have_ten_fields_and_the_channel_of_their_side() -> None:
    turns = [turn(AGENT, 0, 1_500), turn(CUSTOMER, 1_000, 2_250), turn(EITHER, 3_000, 4_000)]

    text = rttm(conversation(recording(turns=turns)))

    assert text.splitlines() == [
        f"SPEAKER {FIRST} 2 0.000 1.500 <NA> <NA> agent:{ANNA} 0.500 <NA>",
        f"SPEAKER {FIRST} 1 1.000 1.250 <NA> <NA> customer 0.500 <NA>",
        f"SPEAKER {FIRST} 2 3.000 1.000 <NA> <NA> agent 0.500 <NA>",
    ]


def test_the_channel_follows_who_listened_and_a_mono_file_has_one() -> None:
    turns = [turn(AGENT, 0, 1_000), turn(CUSTOMER, 1_000, 2_000)]
    swapped = recording(turns=turns, sides=("internal", "external"))
    mono = recording(turns=turns, files=(SoundFile(1, "a.wav", "wav", 1, 2_000, ""),))

    def channels(text: str) -> list[str]:
        return [line.split()[2] for line in text.splitlines()]

    assert channels(rttm(conversation(swapped))) == ["1", "2"]
    assert channels(rttm(conversation(mono))) == ["1", "1"]
    assert channels(rttm(conversation(recording(turns=turns)), is_single_channel=True)) == [
        "1",
        "1",
    ]


def test_each_recording_is_a_file_with_a_clock_of_its_own() -> None:
    first = recording(turns=[turn(AGENT, 2_000, 3_000)])
    second = recording(turns=[turn(CUSTOMER, 0, 1_000)], id_=SECOND, after_ms=60_000)

    lines = rttm(conversation(first, second)).splitlines()

    assert [line.split()[1:4] for line in lines] == [[FIRST, "2", "2.000"], [SECOND, "1", "0.000"]]


def test_the_turns_of_a_source_can_be_chosen_and_the_audio_stands_in() -> None:
    both = recording(turns=[turn(AGENT, 0, 1)], heard=[turn(AGENT, 5, 6)])
    heard = recording(heard=[turn(AGENT, 5, 6)])

    assert " 0.000 " in rttm(conversation(both))
    assert " 0.005 " in rttm(conversation(both), "audio")
    assert " 0.005 " in rttm(conversation(heard))
    assert rttm(conversation(heard), "transcript") == ""


def test_hostile_names_are_one_field_and_times_are_possible() -> None:
    lines = rttm(hostile()).split("\n")[:-1]

    assert len(lines) == len(HOSTILE) + 1
    assert [line for line in lines if not RTTM.fullmatch(line)] == []


def test_words_are_sorted_by_file_channel_and_begin() -> None:
    first = recording([said(AGENT, 0, 2_000, "good day"), said(CUSTOMER, 1_000, 3_000, "oh hi")])
    second = recording([said(MACHINE, 0, 500, "beep")], id_=SECOND)

    assert ctm(conversation(second, first)).splitlines() == [
        f"{FIRST} A 1.000 1.000 oh 0.5000",
        f"{FIRST} A 2.000 1.000 hi 0.5000",
        f"{FIRST} B 0.000 1.000 good 0.5000",
        f"{FIRST} B 1.000 1.000 day 0.5000",
        f"{SECOND} B 0.000 0.500 beep 0.5000",
    ]


def test_begins_are_sorted_as_numbers() -> None:
    made = conversation(
        recording([said(AGENT, 9_000, 9_500, "a"), said(AGENT, 10_000, 10_500, "b")])
    )

    assert [line.split()[2] for line in ctm(made).splitlines()] == ["9.000", "10.000"]


def test_phrases_without_times_of_words_are_counted_in_a_comment() -> None:
    made = conversation(
        recording([said(AGENT, 0, 900, "a b", words=False), said(AGENT, 1_000, 1_500, "c")])
    )

    assert ctm(made).splitlines()[0] == ";; left out: 1 phrases without times of words"
    assert len(ctm(made).splitlines()) == 2


def test_hostile_words_are_one_field_and_begin_no_alternative() -> None:
    words = [Word(text, -5, -9, None) for text in (*HOSTILE, "<ALT_BEGIN>", ";; no", "a b")]

    lines = ctm(conversation(recording([worded(CUSTOMER, words)]))).split("\n")[:-1]

    assert len(lines) == len(words)
    assert [line for line in lines if not CTM.fullmatch(line)] == []
