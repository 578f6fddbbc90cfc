"""What is known to go wrong before anything moves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core.preflight import (
    Facts,
    Level,
    failures,
    findings,
    predicted_bytes,
)

GB = 1_000_000_000
GOOD = Facts(
    organization="o",
    missing_permissions={},
    conversation_count=1_000,
    done_count=0,
    held_bytes=0,
    mean_conversation_s=100.0,
    codecs=frozenset({"audio/pcmu"}),
    free_bytes=100 * GB,
    used_bytes=0,
    quota_bytes=None,
    reserve_bytes=GB,
    calls_per_minute=300,
    url_lifetime_s=3_600,
)


def test_a_good_day_has_no_failure() -> None:
    assert {finding.level for finding in findings(GOOD)} == {Level.OK}


@pytest.mark.parametrize(
    ("facts", "check"),
    [
        (replace(GOOD, missing_permissions={"transcripts": "x:y:view"}), "permission"),
        (replace(GOOD, free_bytes=2 * GB), "free space"),
        (replace(GOOD, quota_bytes=GB), "quota"),
    ],
)
def test_what_would_fail_is_a_failure_with_a_remedy(facts: Facts, check: str) -> None:
    (problem,) = failures(findings(facts))

    assert problem.startswith(check)
    assert problem.partition("; ")[2]


def test_recordings_are_predicted_by_the_length_of_their_conversations() -> None:
    start = datetime(2026, 1, 31, 12, tzinfo=UTC)
    times = [(start, start + timedelta(seconds=90)), (start, start + timedelta(seconds=10))]

    assert predicted_bytes([*times, (start, None), (None, None)]) == 100 * 16_000


@pytest.mark.parametrize(
    ("done_count", "is_refused"),
    [(1_000, False), (999, True), (1_001, False)],
    ids=["all fetched", "one left", "the source forgot one"],
)
def test_a_day_that_is_held_needs_no_room(done_count: int, is_refused: bool) -> None:  # noqa: FBT001
    full = replace(GOOD, done_count=done_count, free_bytes=0, used_bytes=GB, quota_bytes=GB)

    problems = failures(findings(full))

    assert [problem.partition(":")[0] for problem in problems] == [
        "free space",
        "quota",
    ] * is_refused


@pytest.mark.parametrize(
    ("facts", "check"),
    [
        (replace(GOOD, url_lifetime_s=120), "URL lifetime"),
        (replace(GOOD, calls_per_minute=10), "API allowance"),
        (replace(GOOD, codecs=frozenset({"audio/morse"})), "codecs"),
        (replace(GOOD, ledger_risk="fsync is off"), "ledger"),
    ],
)
def test_what_may_go_wrong_is_a_warning(facts: Facts, check: str) -> None:
    found = findings(facts)

    assert [f.check for f in found if f.level is Level.WARNING] == [check]
    assert failures(found) == ()
