"""Each communication's transcript has a clock of its own."""

from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core.model import TranscriptState
from recordings_pipeline.core.standings import TranscriptStanding
from recordings_pipeline.core.transcript_clock import (
    is_transcript_due,
    retry_time,
    state_when_absent,
)

FINAL = datetime(2026, 2, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
FETCHED, NONE, PENDING = TranscriptState.FETCHED, TranscriptState.NONE, TranscriptState.PENDING
FORBIDDEN, FAILED = TranscriptState.FORBIDDEN, TranscriptState.FAILED


def standing(state: TranscriptState, asked: datetime, retry: datetime | None) -> TranscriptStanding:
    return TranscriptStanding("m", "c", state, asked, retry)


@pytest.mark.parametrize(
    ("final", "hours", "expected"),
    [(FINAL, -1, PENDING), (FINAL, 0, NONE), (None, 99, PENDING)],
    ids=["may still come", "too late", "its recording is deferred"],
)
def test_what_is_absent_is_pending_until_answers_are_final(
    final: datetime | None, hours: int, expected: TranscriptState
) -> None:
    assert state_when_absent(final, FINAL + hours * HOUR) is expected


@pytest.mark.parametrize(
    ("state", "asked", "failures", "expected"),
    [
        (PENDING, FINAL - 9 * HOUR, 0, FINAL - 8 * HOUR),
        (PENDING, FINAL - HOUR / 2, 0, FINAL),
        (PENDING, FINAL, 0, FINAL + HOUR),
        (FAILED, FINAL, 1, FINAL),
        (FAILED, FINAL, 2, FINAL + HOUR),
        (FAILED, FINAL, 9, FINAL + 24 * HOUR),
        (FORBIDDEN, FINAL, 0, None),
        (NONE, FINAL, 0, None),
        (FETCHED, FINAL, 0, None),
    ],
)
def test_what_may_still_come_has_a_time_to_ask_again(
    state: TranscriptState, asked: datetime, failures: int, expected: datetime | None
) -> None:
    assert retry_time(state, asked, FINAL, failures) == expected


@pytest.mark.parametrize(
    ("known", "hours", "is_whole", "is_due"),
    [
        (None, 0, False, True),
        (standing(FETCHED, FINAL - HOUR, None), 0, True, False),
        (standing(FETCHED, FINAL - HOUR, None), 0, False, True),
        (standing(FETCHED, FINAL, None), 0, False, False),
        (standing(NONE, FINAL, None), 0, False, False),
        (standing(NONE, FINAL - HOUR, None), 0, False, True),
        (standing(PENDING, FINAL, FINAL + HOUR), 0, False, False),
        (standing(PENDING, FINAL, FINAL + HOUR), 1, False, True),
        (standing(FAILED, FINAL, FINAL + HOUR), 0, False, False),
        (standing(FAILED, FINAL, FINAL + HOUR), 1, False, True),
        (standing(FORBIDDEN, FINAL, None), 0, False, True),
    ],
    ids=[
        "never asked",
        "fetched",
        "one of its recordings is missing",
        "one is missing for good",
        "none",
        "none, and a recording came since",
        "pending, its time has not come",
        "pending, its time has come",
        "failed, its time has not come",
        "failed, its time has come",
        "forbidden",
    ],
)
def test_only_what_may_still_come_is_asked_for(
    known: TranscriptStanding | None,
    hours: int,
    is_whole: bool,  # noqa: FBT001
    is_due: bool,  # noqa: FBT001
) -> None:
    now = FINAL + hours * HOUR

    assert is_transcript_due(known, FINAL, now, is_whole=is_whole) is is_due
