"""Who really spoke: the platform says only ``internal`` or ``external`` for each phrase."""

from collections.abc import Sequence

from recordings_pipeline.core.speech import Participant, Phrase, Speaker, Stretch, Transcript
from recordings_pipeline.core.transcript_phrases import side_of

# Purposes that are on the line but never speak: the queue is not a voice.
_SILENT = frozenset({"acd"})
_ROLES = {"user": "agent", "external": "customer"}
_BARE = {"internal": "internal", "external": "customer"}


def speakers_of(transcript: Transcript, stretches: Sequence[Stretch]) -> list[Speaker]:
    """Find who of the phrase's side was on the call when it was spoken, for each phrase.

    Several at once stay ambiguous, without a user id; none leaves the bare side.
    """
    del stretches
    return [_speaker(transcript, phrase) for phrase in transcript.phrases]


def _speaker(transcript: Transcript, phrase: Phrase) -> Speaker:
    present = [
        person
        for person in transcript.participants
        if person.purpose not in _SILENT
        and side_of(person.purpose) == phrase.side
        and _was_there(person, phrase, transcript.start_epoch_ms)
    ]
    voices = {(_ROLES.get(p.purpose, p.purpose), p.user_id) for p in present}
    if not voices:
        return Speaker(_BARE[phrase.side], user_id=None, is_ambiguous=False)
    roles = sorted({role for role, _ in voices})
    if len(voices) > 1:
        role = roles[0] if len(roles) == 1 else phrase.side
        candidates = tuple(sorted(user_id for _, user_id in voices if user_id))
        return Speaker(role, user_id=None, is_ambiguous=True, candidates=candidates)
    ((role, user_id),) = voices
    return Speaker(role, user_id, is_ambiguous=False)


def _was_there(participant: Participant, phrase: Phrase, start_epoch_ms: int | None) -> bool:
    if start_epoch_ms is None:
        return True
    spoken_ms = start_epoch_ms + phrase.start_ms
    begins = participant.start_epoch_ms is None or participant.start_epoch_ms <= spoken_ms
    lasts = participant.end_epoch_ms is None or spoken_ms < participant.end_epoch_ms
    return begins and lasts
