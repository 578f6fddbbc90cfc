"""Diarization: who held the floor, and when."""

from collections.abc import Sequence
from dataclasses import replace

from recordings_pipeline.core.speakers import speakers_of
from recordings_pipeline.core.speech import Phrase, Speaker, Transcript, Turn

# Pauses of up to 1.5 s do not end a monologue in the tools analysts know (conversation metrics of
# the field bridge 1 to 2 s), so they do not end a turn either.
MAX_GAP_MS = 1_500


def turns_of(transcript: Transcript) -> list[Turn]:
    """Join a transcript's phrases into turns; see `turns_from_phrases`."""
    speakers = speakers_of(transcript, ())
    return turns_from_phrases(transcript.phrases, speakers, max_gap_ms=MAX_GAP_MS)


def turns_from_phrases(
    phrases: Sequence[Phrase], speakers: Sequence[Speaker], *, max_gap_ms: int
) -> list[Turn]:
    """Join neighbouring phrases of one speaker into turns.

    Raises:
        ValueError: ``max_gap_ms`` is negative.
    """
    if max_gap_ms < 0:
        raise ValueError(f"max_gap_ms must not be negative: {max_gap_ms}")
    turns: list[Turn] = []
    for phrase, speaker in zip(phrases, speakers, strict=True):
        turn = Turn(phrase.side, speaker, phrase.start_ms, phrase.end_ms, 1, phrase.word_count)
        if turns and _continues(turns[-1], turn, max_gap_ms):
            turns[-1] = _joined(turns[-1], turn)
        else:
            turns.append(turn)
    return turns


def _continues(turn: Turn, following: Turn, max_gap_ms: int) -> bool:
    same = (turn.side, turn.speaker) == (following.side, following.speaker)
    return same and following.start_ms - turn.end_ms <= max_gap_ms


def _joined(turn: Turn, following: Turn) -> Turn:
    return replace(
        turn,
        end_ms=max(turn.end_ms, following.end_ms),
        phrase_count=(turn.phrase_count or 0) + (following.phrase_count or 0),
        word_count=(turn.word_count or 0) + (following.word_count or 0),
    )
