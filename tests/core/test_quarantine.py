"""What another chance means for a recording."""

import pytest

from recordings_pipeline.core.completeness import is_due
from recordings_pipeline.core.quarantine import replayed


@pytest.mark.parametrize("reason", ["the bytes are no known audio", ""])
def test_what_is_replayed_is_due_and_remembers_why_it_was_not(reason: str) -> None:
    verdict = replayed(reason)

    assert is_due(verdict, is_processed=False)
    assert verdict.reason == f"replayed by a person: was {reason or 'quarantined'}"
