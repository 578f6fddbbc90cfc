"""One outcome for each listed recording."""

from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core.completeness import (
    BY_CALLER,
    NOT_LISTED,
    is_due,
    is_listing_due,
    outcome_when_listed,
    outcome_when_unlisted,
    retry_time_when_listed,
    unexplained,
)
from recordings_pipeline.core.model import Outcome, Recording, Verdict
from recordings_pipeline.core.standings import Standing

ENDED = datetime(2026, 1, 31, 12, tzinfo=UTC)
FINAL = ENDED + timedelta(hours=48)


def recording(file_state: str, media: str = "audio") -> Recording:
    return Recording("r", "c", "m", media, "Trunk", file_state, None, None)


@pytest.mark.parametrize(
    ("file_state", "media", "outcome"),
    [
        ("AVAILABLE", "audio", Outcome.DISCOVERED),
        ("ARCHIVED", "audio", Outcome.DISCOVERED),
        ("FROZEN", "audio", Outcome.DISCOVERED),
        ("UPLOADING", "audio", Outcome.DEFERRED),
        ("RESTORING", "audio", Outcome.DEFERRED),
        ("DELETED", "audio", Outcome.MISSING),
        ("ERROR", "audio", Outcome.MISSING),
        ("AVAILABLE", "screen", Outcome.EXCLUDED),
    ],
)
def test_the_source_s_state_decides_for_a_new_recording(
    file_state: str, media: str, outcome: Outcome
) -> None:
    assert outcome_when_listed(recording(file_state, media), None).outcome is outcome


def test_what_we_hold_stays_exported_when_the_source_deletes_it() -> None:
    known = Verdict(Outcome.EXPORTED)

    assert outcome_when_listed(recording("DELETED"), known) == known


def test_a_deferred_recording_is_discovered_once_it_is_available() -> None:
    known = Verdict(Outcome.DEFERRED, "still uploading")

    assert outcome_when_listed(recording("AVAILABLE"), known).outcome is Outcome.DISCOVERED


@pytest.mark.parametrize("outcome", Outcome)
def test_what_the_source_lists_no_more_is_missing_unless_it_came_to_an_end_here(
    outcome: Outcome,
) -> None:
    known = Verdict(outcome, "before")
    is_open = not outcome.is_final or outcome is Outcome.FORBIDDEN

    expected = Verdict(Outcome.MISSING, NOT_LISTED) if is_open else known

    assert outcome_when_unlisted(known) == expected
    assert outcome_when_unlisted(BY_CALLER) == Verdict(Outcome.MISSING, NOT_LISTED)


@pytest.mark.parametrize(
    ("outcomes", "is_due"),
    [
        ([], False),
        ([Outcome.EXPORTED, Outcome.RETRY], False),
        ([Outcome.EXPORTED, Outcome.DEFERRED], True),
    ],
    ids=["nothing recorded", "nothing deferred", "one deferred"],
)
def test_a_settled_conversation_is_asked_again_only_for_a_deferred_recording(
    outcomes: list[Outcome],
    is_due: bool,  # noqa: FBT001
) -> None:
    asked = ENDED + timedelta(days=30)

    assert is_listing_due(FINAL, asked, [Verdict(outcome) for outcome in outcomes]) is is_due


def test_a_deferred_recording_has_a_time_to_try_again_and_a_new_one_has_none() -> None:
    deferred = Verdict(Outcome.DEFERRED, "still uploading")

    assert retry_time_when_listed(deferred, None, ENDED) == ENDED + timedelta(hours=6)
    assert retry_time_when_listed(Verdict(Outcome.DISCOVERED), None, ENDED) is None


def test_a_listing_leaves_the_time_of_a_retry_alone() -> None:
    verdict = Verdict(Outcome.RETRY, "cut")
    known = Standing("r", "c", "m", verdict, ENDED, {})

    assert retry_time_when_listed(verdict, known, ENDED + timedelta(days=1)) == ENDED


def test_only_what_is_open_or_may_have_been_permitted_is_fetched() -> None:
    due = [o for o in Outcome if is_due(Verdict(o), is_processed=False)]

    assert due == [Outcome.FORBIDDEN, Outcome.DISCOVERED, Outcome.RETRY]


def test_what_a_caller_had_is_due_for_one_who_has_not() -> None:
    assert is_due(BY_CALLER, is_processed=False)
    assert not is_due(BY_CALLER, is_processed=True)


def test_only_a_recording_without_end_or_future_is_unexplained() -> None:
    assert unexplained({str(outcome): 1 for outcome in Outcome}) == 1
