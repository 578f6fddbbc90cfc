"""Days are half-open and UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from recordings_pipeline.core.days import Day, Span, days_touched, span_of


def test_midnight_belongs_to_the_day_it_begins() -> None:
    day = Day.from_key("2026-01-31")

    assert day.start in day
    assert day.end not in day
    assert day.end - timedelta(milliseconds=1) in day


@pytest.mark.parametrize("key", ["2026-1-31", "31.01.2026", "20260131", "2026-02-30", ""])
def test_what_is_no_day_is_refused(key: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (two kinds of text)
        Day.from_key(key)


def test_a_range_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    start, end = datetime(2026, 1, 30, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)

    assert [str(day) for day in days_touched(start, end)] == ["2026-01-30", "2026-01-31"]


def test_a_local_range_is_cut_into_utc_days() -> None:
    zone = timezone(timedelta(hours=-5))
    start, end = datetime(2026, 1, 30, 20, tzinfo=zone), datetime(2026, 1, 30, 21, tzinfo=zone)

    assert [str(day) for day in days_touched(start, end)] == ["2026-01-31"]


def test_a_naive_range_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        list(days_touched(datetime(2026, 1, 30), datetime(2026, 1, 31)))  # noqa: DTZ001


def test_a_span_is_the_days_a_range_touches_and_has_no_end_where_none_is_given() -> None:
    day = Day.from_key("2026-01-31")

    assert span_of(day.start, day.end) == Span(day.date, day.date)
    assert span_of(day.end - timedelta(hours=1), None).first == day.date
    assert span_of(None, None).is_all
    with pytest.raises(ValueError, match="time zone"):
        span_of(day.start.replace(tzinfo=None), None)
    with pytest.raises(ValueError, match="empty"):
        span_of(day.end, day.end)
