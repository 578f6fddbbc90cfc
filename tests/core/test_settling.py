"""When a day, and an answer about one of its conversations, is final."""

from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.settling import (
    Evidence,
    final_from,
    is_settled,
    unchecked,
    unsettled_because,
)

DAY = Day.from_key("2026-01-31")
HOUR = timedelta(hours=1)


def reasons(now: datetime, latest_end: datetime | None = None) -> tuple[str, ...]:
    return unsettled_because(DAY, Evidence(now, None, 0, 0, 0, latest_end=latest_end))


@pytest.mark.parametrize(
    ("ended", "hours"),
    [(DAY.start, 48), (DAY.end, 48), (DAY.end + HOUR, 49), (None, 7 * 24)],
    ids=["early", "at midnight", "after midnight", "open"],
)
def test_answers_are_final_when_the_delay_has_passed_for_day_and_conversation(
    ended: datetime | None, hours: int
) -> None:
    final = final_from(DAY, ended)

    assert final == DAY.end + hours * HOUR
    assert is_settled(final, final)
    assert not is_settled(final, final - timedelta(microseconds=1))


def test_a_day_settles_48_hours_after_its_end() -> None:
    assert reasons(DAY.end + 48 * HOUR) == ()
    assert reasons(DAY.end + 47 * HOUR) == (
        "recordings and transcripts may come until 2026-02-03 00:00 UTC",
    )


def test_a_conversation_over_midnight_keeps_its_day_provisional_a_little_longer() -> None:
    ended = datetime(2026, 2, 1, 0, 10, 1, tzinfo=UTC)

    assert reasons(DAY.end + 48 * HOUR, ended) == (
        "recordings and transcripts may come until 2026-02-03 00:11 UTC",
    )
    assert reasons(ended + 48 * HOUR, ended) == ()


@pytest.mark.parametrize(
    ("until", "hours", "count"),
    [(None, 48, 1), (None, 47, 0), (DAY.end, 48, 0)],
    ids=["not known", "not known of a young day", "known"],
)
def test_a_day_that_settles_without_the_source_s_watermark_says_so(
    until: datetime | None, hours: int, count: int
) -> None:
    evidence = Evidence(DAY.end + hours * HOUR, until, 0, 0, 0)

    said = unchecked(DAY, evidence)

    assert len(said) == count
    assert all("does not say up to when its analytics are complete" in line for line in said)
