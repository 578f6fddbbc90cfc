"""The server's count decides when the next call may go."""

import pytest

from recordings_pipeline.core.allowance import Allowance, announced, pause_s

HEADERS = {
    "inin-ratelimit-count": "7", "inin-ratelimit-allowed": "300", "inin-ratelimit-reset": "20"
}  # fmt: skip


def test_the_headers_are_read() -> None:
    assert announced(HEADERS, now=100.0) == Allowance(7, 300, 120.0)


@pytest.mark.parametrize("value", ["", "-1", "many", "²"])
def test_headers_without_sense_are_ignored(value: str) -> None:
    assert announced({**HEADERS, "inin-ratelimit-count": value}, now=0.0) is None


@pytest.mark.parametrize(("in_flight", "expected"), [(0, 0.0), (1, 20.0), (2, 20.0)])
def test_calls_on_the_way_count_too(in_flight: int, expected: float) -> None:
    allowance = Allowance(used=299, allowed=300, ends_at=120.0)

    assert pause_s(allowance, in_flight, now=100.0) == expected


def test_before_the_first_answer_nothing_waits() -> None:
    assert pause_s(None, 6, now=0.0) == 0.0
