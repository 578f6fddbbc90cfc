"""What is tried again, and after how long."""

from datetime import UTC, datetime

import pytest

from recordings_pipeline.core.retries import Budget, is_worth_retrying, retry_after_s, wait_s

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("42", 42.0),
        ("0", 0.0),
        ("1000000000", 120.0),
        ("Sat, 31 Jan 2026 12:00:30 GMT", 30.0),
        ("Sat, 31 Jan 2026 11:00:00 GMT", 0.0),
        ("-1", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_clamped(value: str, expected: float | None) -> None:
    assert retry_after_s({"retry-after": value}, NOW) == expected


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_passing_troubles_are_retried(status: int) -> None:
    assert is_worth_retrying(status)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 413, 501])
def test_lasting_answers_are_not_retried(status: int) -> None:
    assert not is_worth_retrying(status)


def test_the_budget_ends() -> None:
    budget = Budget(attempts=3, first_wait_s=1.0)

    assert [wait_s(budget, n, None, 1.0) for n in (1, 2, 3)] == [1.0, 2.0, None]


def test_a_server_that_names_a_time_is_never_asked_before_it() -> None:
    budget = Budget(attempts=3, first_wait_s=1.0)

    assert wait_s(budget, 1, asked_s=42.0, jitter=0.0) == 42.0


def test_no_server_makes_anybody_wait_longer_than_the_budget() -> None:
    budget = Budget(attempts=3, first_wait_s=1.0, longest_wait_s=10.0)

    assert wait_s(budget, 1, asked_s=42.0, jitter=0.0) == 10.0
