"""Spans add up like the sets of instants they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from recordings_pipeline.core.spans import (
    Span,
    at_least,
    difference,
    intersection,
    length,
    union,
)

instants = st.integers(min_value=0, max_value=40)
some = st.lists(st.tuples(instants, instants), max_size=12)


def covered(spans: list[Span]) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}


def is_tidy(spans: list[Span]) -> bool:
    edges = [edge for span in spans for edge in span]
    return edges == sorted(set(edges))


@given(some)
def test_a_union_covers_what_any_span_covers(spans: list[Span]) -> None:
    assert covered(union(spans)) == covered(spans)
    assert is_tidy(union(spans))
    assert length(union(spans)) == len(covered(spans))


@given(some, some)
def test_an_intersection_covers_what_both_cover(one: list[Span], other: list[Span]) -> None:
    found = intersection(union(one), union(other))

    assert covered(found) == covered(one) & covered(other)
    assert is_tidy(found)


@given(some, some)
def test_a_difference_covers_what_the_second_does_not(one: list[Span], other: list[Span]) -> None:
    found = difference(union(one), union(other))

    assert covered(found) == covered(one) - covered(other)
    assert is_tidy(found)


def test_short_spans_can_be_left_out() -> None:
    assert at_least([(0, 2), (5, 8)], 3) == [(5, 8)]
