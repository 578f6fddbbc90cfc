"""A transcript comes out of its rows again, whatever was odd about its file."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from recordings_pipeline.core.pauses import SECURE_PAUSE, Pause
from recordings_pipeline.core.speakers import speakers_of
from recordings_pipeline.core.speech import (
    Participant,
    Phrase,
    SpeechEvent,
    Stretch,
    Transcript,
    Word,
)
from recordings_pipeline.core.standings import ToldRecording
from recordings_pipeline.core.told_again import (
    EVENT_COLUMNS,
    PHRASE_COLUMNS,
    WORD_COLUMNS,
    Rest,
    rest_as_text,
    rest_from_text,
    rest_of,
    transcript_again,
)
from recordings_pipeline.core.transcript_rows import (
    Block,
    all_events,
    event_rows,
    phrase_rows,
    word_rows,
)

START = 1_769_850_000_000
TOLD = ToldRecording("conversation", "recording", "leg", is_kept=True)
STRETCHES = (Stretch("agent", "u1", "leg", "hold", START + 500, START + 900),)
PAUSES = (Pause(700, 700, SECURE_PAUSE),)


def phrase(run: str, index: int, start_ms: int, *words: str) -> Phrase:
    spoken = tuple(Word(word, start_ms, start_ms + 9, 0.1 + 0.2) for word in words)
    text = " ".join(words) or "no words of their own"
    return Phrase(run, index, "external", "customer", start_ms, start_ms + 99, text, "", None, 0.5,
                  None, spoken)  # fmt: skip


WHOLE = Transcript(
    TOLD.conversation_id,
    TOLD.communication_id,
    TOLD.recording_id,
    START,
    (Participant("agent", "u1", START, None), Participant("customer", None, None, None)),
    (phrase("a", 7, 0, "one", "two"), phrase("b", 0, 0), phrase("a", 0, 600, "three")),
    (
        SpeechEvent("topic", "transcript", None, 700, None, "name", 0.3, "words", "a"),
        SpeechEvent("secure_pause", "transcript", None, 700, 700, transcript_id="a"),
        SpeechEvent("sentiment", "transcript", "external", 700, 710, value=-1.0, phrase_index=7),
    ),
    (("transcripts[].x: new member", 2),),
    4_000,
)
BARE = Transcript(
    *(TOLD.conversation_id, TOLD.communication_id, TOLD.recording_id), None, (), (), ()
)


def values(block: Block, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Return rows as they come out of the table that a block went into."""
    columns: dict[str, list[Any]] = {name: list(column) for name, column in block.columns.items()}
    for name, column in block.repeated.items():
        pairs = zip(column, block.counts, strict=True)
        columns[name] = [value for value, count in pairs for _ in range(count)]
    count = max((len(column) for column in columns.values()), default=0)
    empty = [None] * count
    return list(zip(*(columns.get(name, empty) for name in names), strict=True))


def blocks(
    transcript: Transcript, stretches: Sequence[Stretch] = STRETCHES
) -> tuple[Block, Block, Block]:
    speakers = speakers_of(transcript, stretches)
    return (
        phrase_rows(transcript, speakers),
        word_rows(transcript, speakers),
        event_rows(transcript, all_events(transcript, stretches, PAUSES)),
    )


def again(transcript: Transcript, rest: Rest | None = None) -> Transcript | None:
    columns = PHRASE_COLUMNS, WORD_COLUMNS, EVENT_COLUMNS
    rows = [values(*pair) for pair in zip(blocks(transcript), columns, strict=True)]
    return transcript_again(TOLD, rest or rest_of(transcript), *rows)


@pytest.mark.parametrize("transcript", [WHOLE, BARE], ids=["whole", "bare"])
def test_it_makes_the_same_rows_again(transcript: Transcript) -> None:
    found = again(transcript)

    assert found is not None
    assert blocks(found) == blocks(transcript)
    assert replace(found, events=()) == replace(transcript, events=())
    assert sorted(found.events, key=str) == sorted(transcript.events, key=str)
    assert again(found) == found


def test_what_is_known_of_the_call_by_now_counts_and_not_what_was_known_then() -> None:
    found = again(WHOLE)
    later = (*STRETCHES, Stretch("agent", "u2", "leg", "interact", START, START + 4_000))

    assert found is not None
    assert blocks(found, later) == blocks(WHOLE, later) != blocks(WHOLE)


@pytest.mark.parametrize("name", ["phrase_count", "word_count", "event_count"])
def test_rows_that_are_missing_are_noticed(name: str) -> None:
    rest = rest_of(WHOLE)
    more = Rest(**{**{field: getattr(rest, field) for field in rest.__struct_fields__}, name: 99})

    assert again(WHOLE, more) is None


def test_what_the_tables_lack_is_written_as_text() -> None:
    rest = rest_of(WHOLE)

    assert rest_from_text(rest_as_text(rest)) == rest


@pytest.mark.parametrize("text", ["", "{}", "no JSON", '{"start_epoch_ms": "x"}'])
def test_other_text_tells_nothing(text: str) -> None:
    assert rest_from_text(text) is None
