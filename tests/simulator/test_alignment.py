"""The bank knows when its words are heard."""

from itertools import pairwise

import pytest

from recordings_pipeline.simulator.alignment import audible_words, voiced_runs
from recordings_pipeline.simulator.voices import (
    fragments_of,
    modelled_words,
    samples_of,
    spoken,
    voices_of,
)

VOICES = [voice for role in "ACI" for voice in voices_of(role)]


@pytest.mark.parametrize("voice", VOICES)
def test_the_times_in_the_bank_are_those_told_from_its_audio(voice: str) -> None:
    for text in fragments_of(voice):
        speech = spoken(voice, text)

        assert list(speech.words) == audible_words(samples_of(speech), modelled_words(voice, text))


@pytest.mark.parametrize("voice", VOICES)
def test_words_follow_each_other_and_fill_the_voiced_spans(voice: str) -> None:
    for text in fragments_of(voice):
        speech = spoken(voice, text)
        edges = {edge for run in voiced_runs(samples_of(speech)) for edge in run}

        assert all(start < end for _, start, end in speech.words)
        assert all(one[2] <= other[1] for one, other in pairwise(speech.words))
        assert edges <= {edge for word in speech.words for edge in word[1:]}
        assert speech.words[-1][2] <= speech.length / 8 + 1


def test_a_voice_without_a_planned_word_is_refused() -> None:
    speech = next(
        spoken(voice, text)
        for voice in VOICES
        for text in fragments_of(voice)
        if len(voiced_runs(samples_of(spoken(voice, text)))) == 3
    )

    with pytest.raises(ValueError, match="no word is planned"):
        audible_words(samples_of(speech), [("one", 0, 100), ("two", 200, 300)])
