"""When bytes came: nothing is lost when intervals widen, and memory does not grow with time."""

from hypothesis import given
from hypothesis import strategies as st

from recordings_pipeline.core.timeline import (
    FIRST_WIDTH_S,
    MOST_INTERVALS,
    Timeline,
    joined,
    since,
    together,
    widened,
    width_for,
)

WEEK_S = 7 * 86_400.0
counts = st.lists(st.integers(0, 10**9), max_size=MOST_INTERVALS).map(tuple)
timelines = st.builds(
    Timeline, st.integers(0, 6).map(lambda power: FIRST_WIDTH_S * 2**power), counts
)


@given(st.floats(0, WEEK_S))
def test_every_instant_has_one_of_few_intervals(seconds: float) -> None:
    width_s = width_for(seconds)

    assert seconds / width_s < MOST_INTERVALS
    assert width_s == FIRST_WIDTH_S or seconds / width_s >= MOST_INTERVALS / 2


@given(timelines, st.integers(0, 4))
def test_widening_keeps_every_byte(timeline: Timeline, power: int) -> None:
    wide = widened(timeline, timeline.width_s * 2**power)

    assert wide.bytes_moved == timeline.bytes_moved
    assert len(wide.counts) <= len(timeline.counts) / 2**power + 1


@given(st.lists(timelines, max_size=5), st.floats(0, WEEK_S))
def test_what_began_together_adds_up_to_the_present(found: list[Timeline], seconds: float) -> None:
    whole = together(found, seconds)

    assert whole.bytes_moved == sum(timeline.bytes_moved for timeline in found)
    assert len(whole.counts) <= MOST_INTERVALS
    assert len(whole.counts) > int(seconds / whole.width_s)


@given(st.lists(timelines, max_size=400))
def test_what_came_one_after_the_other_stays_short_and_whole(found: list[Timeline]) -> None:
    whole = joined(found)

    assert whole.bytes_moved == sum(timeline.bytes_moved for timeline in found)
    assert len(whole.counts) <= MOST_INTERVALS


def test_intervals_of_different_widths_are_brought_to_the_wider_one() -> None:
    narrow, wide = Timeline(0.25, (1, 2, 3, 4, 5)), Timeline(0.5, (10, 20))

    assert together([narrow, wide], 0.0) == Timeline(0.5, (13, 27, 5))
    assert joined([narrow, wide]) == Timeline(0.5, (3, 7, 5, 10, 20))


def test_what_came_since_begins_with_the_interval_of_the_first_look() -> None:
    before = Timeline(0.25, (5, 5, 1))
    after = Timeline(0.5, (10, 4, 0, 7))

    assert since(before, after) == Timeline(0.5, (3, 0, 7))
    assert since(Timeline(), after) == after


def test_the_peak_is_that_of_the_best_interval() -> None:
    assert Timeline(0.5, (1, 30, 2)).peak_per_s == 60
    assert Timeline().peak_per_s == 0
