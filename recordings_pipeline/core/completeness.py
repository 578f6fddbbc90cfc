"""One outcome for each recording the source listed, and the arithmetic that proves it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from recordings_pipeline.core.model import Outcome, Recording, TranscriptState, Verdict
from recordings_pipeline.core.retries import DEFERRED_DELAY
from recordings_pipeline.core.settling import is_settled
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.core.trust import is_codec_excluded

AUDIO = "audio"
SENSITIVE = (
    "left out of the batch without an error: usually sensitive data, which needs the permission "
    "recording:recording:viewSensitiveData"
)
_LEFT_OUT = "media {} is not exported"
_UNCHANGED = frozenset({Outcome.FORBIDDEN, Outcome.RETRY})
# Nobody tells us that a permission was granted; trying costs one batch for 100 conversations.
FETCHABLE = frozenset({Outcome.DISCOVERED, Outcome.RETRY, Outcome.FORBIDDEN})
# What a download left of them is nobody's.
NEEDS_NO_PART = frozenset(
    {Outcome.EXPORTED, Outcome.EXCLUDED, Outcome.MISSING, Outcome.QUARANTINED, Outcome.ERASED}
)
NOT_LISTED = "no longer listed at the source"
BY_CALLER = Verdict(Outcome.EXCLUDED, "already processed by the caller")
_NOT_YET = {"UPLOADING": "still uploading", "RESTORING": "still being restored"}
_NEVER = {"DELETED": "deleted at the source", "ERROR": "the source failed to store it"}
# Retention and deletions are decided by the source, whatever we thought before; the rest of what
# we know is better than what metadata can say.
_OURS = frozenset({Outcome.EXPORTED, Outcome.QUARANTINED, Outcome.ERASED})


def outcome_when_listed(
    recording: Recording, known: Verdict | None, exported_media: Collection[str] = (AUDIO,)
) -> Verdict:
    """Say how a recording stands after the source has listed it.

    Args:
        recording: What the metadata says.
        known: How it stood before; None when it is new.
        exported_media: Media that are to be exported.
    """
    if known is not None and known.outcome in _OURS:
        return known
    if recording.media not in exported_media:
        return Verdict(Outcome.EXCLUDED, _LEFT_OUT.format(recording.media))
    if recording.file_state in _NEVER:
        return Verdict(Outcome.MISSING, _NEVER[recording.file_state])
    if recording.file_state in _NOT_YET:
        return Verdict(Outcome.DEFERRED, _NOT_YET[recording.file_state])
    if known is not None and _is_unchanged(known):
        return known
    return Verdict(Outcome.DISCOVERED)


def media_left_out(verdict: Verdict) -> str | None:
    """Return the medium a recording was left out for; None when that is not why."""
    media = verdict.reason.removeprefix("media ").removesuffix(" is not exported")
    return media if verdict == Verdict(Outcome.EXCLUDED, _LEFT_OUT.format(media)) else None


def _is_unchanged(known: Verdict) -> bool:
    """Say whether metadata add nothing; what a file's content told is in the file alone."""
    return known == BY_CALLER or known.outcome in _UNCHANGED or is_codec_excluded(known)


def retry_time_when_listed(
    verdict: Verdict, known: Standing | None, now: datetime
) -> datetime | None:
    """Say when a recording that was just listed is worth trying again; None for now or never."""
    if is_deferred(verdict):
        return now + DEFERRED_DELAY
    return known.retry_time if known is not None and known.verdict == verdict else None


def outcome_when_unlisted(known: Verdict) -> Verdict:
    """Say how a recording stands that the source listed once and does not list any more."""
    if known.outcome in FETCHABLE or known == BY_CALLER or is_deferred(known):
        return Verdict(Outcome.MISSING, NOT_LISTED)
    return known


def is_listing_due(
    final: datetime | None,
    asked: datetime | None,
    known: Iterable[Verdict],
    *,
    has_gap: bool = False,
) -> bool:
    """Say whether the source is to be asked which recordings a conversation has.

    Args:
        final: From when its answers are final.
        asked: When it was last asked; None for never.
        known: How the recordings stand that it listed then.
        has_gap: Whether a leg was recorded without a recording then; it may have been repaired.
    """
    return has_gap or any(map(is_deferred, known)) or not is_settled(final, asked)


def is_deferred(verdict: Verdict) -> bool:
    """Say whether a recording waits for the source."""
    return verdict.outcome is Outcome.DEFERRED


def is_due(verdict: Verdict, *, is_processed: bool) -> bool:
    """Say whether a recording is to be fetched now.

    Args:
        verdict: How it stands.
        is_processed: Whether the caller of this run has it already.
    """
    if verdict == BY_CALLER:
        return not is_processed
    return verdict.outcome in FETCHABLE


def unexplained(counts: Mapping[str, int]) -> int:
    """Count recordings without a stated end or a stated future."""
    return counts.get(str(Outcome.DISCOVERED), 0)


def open_count(counts: Mapping[str, int]) -> int:
    """Count recordings that may still come: not tried, to be tried again, or deferred."""
    return sum(counts.get(str(outcome), 0) for outcome in Outcome if not outcome.is_final)


def transcript_counts(states: Collection[TranscriptState]) -> dict[str, int]:
    """Count communications by transcript state, in the order of `TranscriptState`."""
    found = list(states)
    return {str(state): found.count(state) for state in TranscriptState if state in found}
