"""Diarization: who held the floor, and when."""

from collections.abc import Sequence
from dataclasses import replace

from recordings_pipeline.core.model import Participant, Phrase, Transcript, Turn
from recordings_pipeline.core.speakers import speaker_of

# Pauses of up to 1.5 s do not end a monologue in the tools analysts know (conversation metrics of
# the field bridge 1 to 2 s), so they do not end a turn either.
MAX_GAP_MS = 1_500


def turns_of(transcript: Transcript) -> list[Turn]:
    """Join a transcript's phrases into turns; see `turns_from_phrases`."""
    return turns_from_phrases(transcript.phrases, transcript.participants, max_gap_ms=MAX_GAP_MS)


def turns_from_phrases(
    phrases: Sequence[Phrase], participants: Sequence[Participant], *, max_gap_ms: int
) -> list[Turn]:
    """Join neighbouring phrases of one speaker into turns.

    A turn ends when another speaker starts, or when its own speaker stays silent for longer than
    ``max_gap_ms``. Overlapping speech yields overlapping turns; nobody's words are dropped.

    Args:
        phrases: One communication's phrases, in any order.
        participants: Who was on the call, and when.
        max_gap_ms: Longest silence, in milliseconds, inside a turn.

    Returns:
        Turns ordered by ``start_ms``; each phrase belongs to exactly one.

    Raises:
        ValueError: ``max_gap_ms`` is negative.
    """
    if max_gap_ms < 0:
        raise ValueError(f"max_gap_ms must not be negative: {max_gap_ms}")
    turns: list[Turn] = []
    for phrase in sorted(phrases, key=lambda p: (p.start_ms, p.end_ms)):
        turn = _turn(phrase, participants)
        if turns and _continues(turns[-1], turn, max_gap_ms):
            turns[-1] = _joined(turns[-1], turn)
        else:
            turns.append(turn)
    return turns


def _turn(phrase: Phrase, participants: Sequence[Participant]) -> Turn:
    speaker = speaker_of(phrase, participants)
    return Turn(phrase.side, speaker, phrase.start_ms, phrase.end_ms, 1, phrase.word_count)


def _continues(turn: Turn, following: Turn, max_gap_ms: int) -> bool:
    same = (turn.side, turn.speaker) == (following.side, following.speaker)
    return same and following.start_ms - turn.end_ms <= max_gap_ms


def _joined(turn: Turn, following: Turn) -> Turn:
    return replace(
        turn,
        end_ms=max(turn.end_ms, following.end_ms),
        phrase_count=turn.phrase_count + following.phrase_count,
        word_count=turn.word_count + following.word_count,
    )
