"""What a day costs in API calls."""

from dataclasses import replace
from pathlib import Path

import pytest

from recordings_pipeline.core.costs import KINDS, Load, calls_by_kind, sum_by_kind

README = (Path(__file__).parent.parent.parent / "README.md").read_text()
NOTHING = dict.fromkeys(KINDS, 0)
THOUSAND = Load(
    is_settled=False,
    is_first=False,
    is_old_enough=True,
    by_job=False,
    conversation_count=1_000,
    asked_count=1_000,
    fetched_count=1_000,
    transcript_count=1_000,
    metadata="when_needed",
    odd_share=0.05,
    calls_while_urls_live=10_000,
)


@pytest.mark.parametrize(
    ("load", "expected"),
    [
        (THOUSAND, (6, 10, 10, 40, 50, 1_000, 3)),
        (replace(THOUSAND, is_first=True), (11, 10, 10, 40, 50, 1_000, 3)),
        (replace(THOUSAND, by_job=True), (6, 6, 10, 40, 50, 1_000, 3)),
        (replace(THOUSAND, metadata="always"), (6, 10, 10, 30, 1_000, 1_000, 3)),
        (replace(THOUSAND, is_old_enough=False), (6, 10, 10, 40, 50, 1_000, 0)),
        (replace(THOUSAND, asked_count=0), (6, 10, 10, 30, 0, 1_000, 3)),
        (replace(THOUSAND, odd_share=0.0), (6, 10, 10, 40, 0, 1_000, 3)),
        (replace(THOUSAND, calls_while_urls_live=64), (6, 10, 15, 55, 50, 1_000, 3)),
        (replace(THOUSAND, is_settled=True), (1, 0, 10, 30, 0, 1_000, 0)),
        (
            replace(THOUSAND, is_settled=True, fetched_count=0, transcript_count=0),
            (1, 0, 0, 0, 0, 0, 0),
        ),
    ],
    ids=[
        "a day",
        "the first day of a range looks up names as well",
        "a job reads a thousand a page",
        "full metadata is a call each",
        "a young day is not checked for uploads and orphans",
        "what was indexed before is requested again for its URLs",
        "nothing odd needs no metadata",
        "URLs that die before the index is done are requested again",
        "a settled day fetches only what is left",
        "a finished day",
    ],
)
def test_calls_are_counted_by_kind(load: Load, expected: tuple[int, ...]) -> None:
    assert calls_by_kind(load) == dict(zip(KINDS, expected, strict=True))


def test_an_empty_day_still_asks_for_its_first_page() -> None:
    empty = replace(
        THOUSAND, conversation_count=0, asked_count=0, fetched_count=0, transcript_count=0
    )

    assert calls_by_kind(empty) == {**NOTHING, "checks": 6, "conversations": 1, "settling": 3}


def test_the_calls_of_days_add_up_in_the_order_of_the_kinds() -> None:
    total = sum_by_kind([{"polls": 1}, {"polls": 2, "checks": 3}])

    assert total == {**NOTHING, "checks": 3, "polls": 3}
    assert tuple(total) == KINDS


@pytest.mark.parametrize(
    ("mode", "load"),
    [
        ("`when_needed`, nothing odd", replace(THOUSAND, odd_share=0.0)),
        ("`when_needed`, 5 in 100 odd", THOUSAND),
        ("`always`", replace(THOUSAND, metadata="always")),
        (
            "a settled day again",
            replace(THOUSAND, is_settled=True, fetched_count=0, transcript_count=0),
        ),
    ],
)
def test_the_readme_says_what_a_thousand_recordings_cost(mode: str, load: Load) -> None:
    audio, both = (
        sum(calls_by_kind(replace(load, by_job=True, transcript_count=count)).values())
        for count in (0, load.transcript_count)
    )

    assert f"| {mode} | {audio:,} | {both:,} |" in README
