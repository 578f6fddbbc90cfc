"""Which recordings that have no file get another chance, and how they stand from then on."""

from dataclasses import dataclass

from recordings_pipeline.core.completeness import AUDIO, media_left_out
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.trust import (
    DEFAULT_POLICY,
    Policy,
    is_codec_excluded,
    is_codec_wanted,
)

REPLAYABLE = (Outcome.QUARANTINED, Outcome.EXCLUDED, Outcome.FORBIDDEN, Outcome.RETRY)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person wants to be fetched once more.

    Attributes:
        outcome: How the recordings stand, one of `REPLAYABLE`.
        recording_id: The only one; None for all of them.
        policy: Which sound is exported by now.
        exported_media: Media of recordings that are exported by now, in the platform's words.
    """

    outcome: Outcome = Outcome.QUARANTINED
    recording_id: str | None = None
    policy: Policy = DEFAULT_POLICY
    exported_media: frozenset[str] = frozenset({AUDIO})

    def takes(self, reason: str) -> bool:
        """Say whether another try may end better than the one that ended with this reason.

        What is excluded has to be wanted by now; what the caller has already is nobody's wish.
        """
        if self.outcome is not Outcome.EXCLUDED:
            return True
        verdict = Verdict(self.outcome, reason)
        if is_codec_excluded(verdict):
            return is_codec_wanted(verdict, self.policy)
        return media_left_out(verdict) in self.exported_media


def replayable(word: str) -> Outcome:
    """Read an outcome that can be replayed.

    Raises:
        ConfigurationError: It is none of them.
    """
    if word not in REPLAYABLE:
        raise ConfigurationError("outcome", f"is one of {', '.join(REPLAYABLE)}")
    return Outcome(word)


def replayed(verdict: Verdict) -> Verdict:
    """Say how a recording stands that a person wants to be fetched once more."""
    was = verdict.reason or verdict.outcome
    return Verdict(Outcome.DISCOVERED, f"replayed by a person: was {was}")
