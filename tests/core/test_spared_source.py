"""I10: what a source was asked is judged by what it allows."""

import pytest

from recordings_pipeline.core.invariants.runs import Manners, Question, source_is_spared

AB, C = frozenset({"a", "b"}), frozenset({"c"})


def causes(asked: list[Question], manners: Manners) -> list[str]:
    return [violation.cause for violation in source_is_spared(asked, manners)]


@pytest.mark.parametrize(("count", "found"), [(10, 0), (11, 0), (12, 1), (30, 1)])
def test_a_window_may_have_a_tenth_more_and_no_more(count: int, found: int) -> None:
    asked = [Question(number / 10) for number in range(count)]

    assert len(causes(asked, Manners(per_window=10))) == found


def test_what_comes_after_a_window_counts_for_the_next() -> None:
    asked = [Question(at_s) for at_s in (*[0.0] * 10, 59.9, *[60.0] * 11, 120.0)]

    assert causes(asked, Manners(per_window=10)) == []
    assert len(causes([*asked, Question(119.9)], Manners(per_window=10))) == 1


@pytest.mark.parametrize(
    ("others", "at_once", "is_early"),
    [
        ([5.0], 1, False),
        ([4.9], 1, True),
        ([0.1], 2, False),
        ([0.1, 0.2], 2, True),
        ([-1.0], 1, False),
    ],
    ids=["in time", "too early", "on its way", "more than were on their way", "before it"],
)
def test_nobody_comes_back_before_the_time(
    others: list[float],
    at_once: int,
    is_early: bool,  # noqa: FBT001
) -> None:
    asked = [Question(0.0, retry_after_s=5.0), *map(Question, others)]

    found = causes(asked, Manners(per_window=300, most_at_once=at_once))

    assert bool(found) == is_early


def test_the_same_files_are_asked_for_once() -> None:
    asked = [Question(0.0, wanted=AB), Question(1.0, wanted=C), Question(2.0), Question(3.0)]

    assert causes(asked, Manners(per_window=300)) == []
    assert causes([*asked, Question(4.0, wanted=AB)], Manners(per_window=300)) == [
        "the files of the same 2 conversations were asked for 2 times"
    ]
