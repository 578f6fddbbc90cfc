"""Which recordings get another chance, and what it means for them."""

import pytest

from recordings_pipeline.core.completeness import BY_CALLER, is_due
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.replaying import REPLAYABLE, Choice, replayable, replayed
from recordings_pipeline.core.trust import NOT_IN_CODECS, Policy

G729 = f"wav/g729{NOT_IN_CODECS}"
SCREEN = "media screen is not exported"


@pytest.mark.parametrize("reason", ["the bytes are no known audio", ""])
def test_what_is_replayed_is_due_and_remembers_why_it_was_not(reason: str) -> None:
    verdict = replayed(Verdict(Outcome.QUARANTINED, reason))

    assert is_due(verdict, is_processed=False)
    assert verdict.reason == f"replayed by a person: was {reason or 'quarantined'}"


@pytest.mark.parametrize("outcome", [o for o in REPLAYABLE if o is not Outcome.EXCLUDED])
def test_what_was_not_left_out_on_purpose_is_replayed_whatever_the_reason(outcome: Outcome) -> None:
    assert Choice(outcome).takes(G729)


@pytest.mark.parametrize(
    ("reason", "codecs", "media", "is_taken"),
    [
        (G729, {"ogg"}, "audio", False),
        (G729, {"g729"}, "audio", True),
        (SCREEN, {"wav"}, "audio", False),
        (SCREEN, {"wav"}, "screen", True),
        (BY_CALLER.reason, {"wav"}, "audio", False),
        ("media  is not exported, said somebody", {"wav"}, "", False),
    ],
)
def test_what_was_left_out_on_purpose_is_replayed_once_it_is_wanted(
    reason: str, codecs: set[str], media: str, *, is_taken: bool
) -> None:
    choice = Choice(
        Outcome.EXCLUDED, policy=Policy(frozenset(codecs)), exported_media=frozenset({media})
    )

    assert choice.takes(reason) is is_taken


def test_what_is_exported_or_gone_is_not_replayed() -> None:
    with pytest.raises(ConfigurationError, match="quarantined, excluded, forbidden, retry"):
        replayable("missing")
