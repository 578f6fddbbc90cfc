"""The platform's count decides when the next call may go."""

from dataclasses import replace

import pytest

from recordings_pipeline.core.allowance import (
    GLANCE_S,
    ROUNDING_S,
    Announced,
    Window,
    announced,
    closed,
    entered,
    left,
    promised,
)

NOW = 1_000.0
HEADERS = {
    "inin-ratelimit-count": "7", "inin-ratelimit-allowed": "300", "inin-ratelimit-reset": "20"
}  # fmt: skip
OPEN = Window(number=3, allowed=300, used=298, in_flight=0, ends_by=NOW + 20)


def pause_of(window: Window, share: float = 1.0) -> float:
    return entered(window, NOW, share=share)[1]


def test_the_headers_are_read() -> None:
    assert announced(HEADERS, NOW) == Announced(7, 300, NOW + 20 + ROUNDING_S)


@pytest.mark.parametrize("value", ["", "-1", "many", "²"])
def test_headers_without_sense_are_ignored(value: str) -> None:
    assert announced({**HEADERS, "inin-ratelimit-count": value}, NOW) is None


@pytest.mark.parametrize(
    ("used", "in_flight", "pause_s"),
    [(299, 0, 0.0), (300, 0, 20.0), (298, 1, 0.0), (298, 2, 20.0), (301, 0, 20.0)],
    ids=["one place", "full", "one on the way", "the rest on the way", "over"],
)
def test_a_call_waits_for_the_end_of_the_window_once_it_is_full(
    used: int, in_flight: int, pause_s: float
) -> None:
    assert pause_of(replace(OPEN, used=used, in_flight=in_flight)) == pause_s


def test_a_call_that_passes_takes_a_place() -> None:
    window, pause_s = entered(OPEN, NOW, share=1.0)

    assert (window.in_flight, pause_s) == (1, 0.0)


@pytest.mark.parametrize(("used", "waits"), [(239, False), (240, True)])
def test_a_backfill_leaves_a_share_of_the_allowance_alone(
    used: int,
    waits: bool,  # noqa: FBT001
) -> None:
    assert (pause_of(replace(OPEN, used=used), share=0.8) > 0) is waits


def test_the_smallest_share_still_lets_a_call_pass() -> None:
    assert pause_of(replace(OPEN, allowed=2, used=0), share=0.1) == 0.0


def test_an_ended_window_is_void() -> None:
    window, pause_s = entered(replace(OPEN, used=300, ends_by=NOW), NOW, share=1.0)

    assert pause_s == 0.0
    assert (window.number, window.used, window.in_flight) == (OPEN.number + 1, 0, 1)


def test_before_anybody_knows_the_end_a_full_window_is_looked_at_again_soon() -> None:
    assert pause_of(Window(in_flight=300)) == GLANCE_S


def test_a_window_of_another_boot_is_void() -> None:
    assert pause_of(replace(OPEN, used=300, ends_by=NOW + 500_000)) == 0.0
    assert pause_of(replace(OPEN, closed_until=NOW + 500_000)) == 0.0


def test_a_closed_window_lets_nobody_pass() -> None:
    assert pause_of(closed(OPEN, NOW + 7)) == 7.0


def test_the_longest_closing_holds() -> None:
    assert closed(closed(OPEN, NOW + 30), NOW + 10).closed_until == NOW + 30


def test_an_answer_frees_its_place_and_brings_the_count() -> None:
    window = replace(OPEN, used=10, in_flight=4)

    assert left(window, 3, Announced(12, 300, NOW + 20), NOW) == replace(
        window, used=12, in_flight=3
    )


def test_without_an_answer_only_the_place_is_freed() -> None:
    assert left(replace(OPEN, in_flight=4), 3, None, NOW) == replace(OPEN, in_flight=3)


def test_an_answer_that_was_overtaken_lowers_no_count_and_moves_no_end() -> None:
    window = replace(OPEN, used=10, in_flight=1)

    assert left(window, 3, Announced(8, 300, NOW + 21), NOW) == replace(window, in_flight=0)


def test_each_answer_narrows_down_when_the_window_ends() -> None:
    window = left(replace(OPEN, in_flight=1), 3, Announced(299, 300, NOW + 19.4), NOW)

    assert window.ends_by == NOW + 19.4


def test_a_new_window_starts_with_the_platforms_count() -> None:
    window = left(replace(OPEN, in_flight=1), 3, Announced(1, 300, NOW + 61), NOW)

    assert (window.used, window.ends_by) == (1, NOW + 61)


def test_an_answer_from_an_ended_window_says_nothing_of_the_next_one() -> None:
    window = Window(number=4, in_flight=2)

    assert left(window, 3, Announced(300, 300, NOW + ROUNDING_S), NOW) == window


def test_a_new_limit_holds_at_once() -> None:
    window = left(replace(OPEN, used=160, in_flight=1), 3, Announced(161, 150, NOW + 20), NOW)

    assert window.allowed == 150
    assert pause_of(window) == 20.0


def test_a_new_host_starts_with_the_limit_of_the_organization() -> None:
    assert promised(Window(), 1_000) == Window(allowed=1_000)


def test_what_answers_say_is_better_than_the_listed_limit() -> None:
    assert promised(OPEN, 1_000) == OPEN


def test_an_answer_corrects_the_listed_limit() -> None:
    window = left(promised(Window(in_flight=1), 1_000), 0, Announced(1, 150, NOW + 60), NOW)

    assert window.allowed == 150
