"""Who really spoke: the platform says only ``internal`` or ``external`` for each phrase."""

from collections.abc import Sequence

from recordings_pipeline.core.model import Participant, Phrase, Speaker
from recordings_pipeline.core.transcript_file import INTERNAL_PURPOSES

# Purposes that are on the line but never speak: the queue is not a voice.
_SILENT = frozenset({"acd"})
_ROLES = {"user": "agent", "external": "customer"}
_BARE = {"internal": "internal", "external": "customer"}


def speaker_of(phrase: Phrase, participants: Sequence[Participant]) -> Speaker:
    """Find the participant of the phrase's side who was on the call when it was spoken.

    Several at once stay ambiguous, without a user id; none leaves the bare side. A transcript
    file without participants' times can therefore still be told apart by side.
    """
    present = [p for p in participants if _speaks_for(p, phrase) and _was_there(p, phrase)]
    voices = {(_ROLES.get(p.purpose, p.purpose), p.user_id) for p in present}
    if not voices:
        return Speaker(_BARE[phrase.side], user_id=None, is_ambiguous=False)
    roles = sorted({role for role, _ in voices})
    if len(voices) > 1:
        role = roles[0] if len(roles) == 1 else phrase.side
        return Speaker(role, user_id=None, is_ambiguous=True)
    ((role, user_id),) = voices
    return Speaker(role, user_id, is_ambiguous=False)


def _speaks_for(participant: Participant, phrase: Phrase) -> bool:
    if participant.purpose in _SILENT:
        return False
    side = "internal" if participant.purpose in INTERNAL_PURPOSES else "external"
    return side == phrase.side


def _was_there(participant: Participant, phrase: Phrase) -> bool:
    if phrase.spoken_at_ms is None:
        return True
    begins = participant.start_ms is None or participant.start_ms <= phrase.spoken_at_ms
    lasts = participant.end_ms is None or phrase.spoken_at_ms < participant.end_ms
    return begins and lasts
