"""Transcript files in every spelling become phrases."""

from typing import Any

import pytest

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.transcript_file import transcript


def read(*phrases: Any) -> Any:  # noqa: ANN401
    return transcript({"transcripts": [{"startTime": 1_000, "phrases": list(phrases)}]}, "c", "m")


@pytest.mark.parametrize(
    "place",
    [
        {"offset": {"milliseconds": 500}, "duration": {"milliseconds": 250}},
        {"offsetMs": 500, "durationMs": 250},
        {"startTimeMs": 1_500, "durationMs": 250},
    ],
    ids=["objects", "plain numbers", "epoch only"],
)
def test_offsets_are_understood_in_three_spellings(place: dict[str, Any]) -> None:
    (phrase,) = read({"participantPurpose": "agent", "text": "one two", **place}).phrases

    assert (phrase.start_ms, phrase.end_ms) == (500, 750)
    assert phrase.side == "internal"
    assert phrase.word_count == 2


def test_what_cannot_be_placed_is_counted() -> None:
    found = read({"text": "lost"}, "nonsense", {"offsetMs": 0, "text": "kept"})

    assert [phrase.text for phrase in found.phrases] == ["kept"]
    assert found.unreadable_count == 2


def test_a_file_of_another_conversation_is_refused() -> None:
    with pytest.raises(MalformedPayload, match="another conversation"):
        transcript({"conversationId": "other"}, "c", "m")


def test_an_empty_file_has_no_phrases() -> None:
    assert transcript({}, "c", "m").phrases == ()
