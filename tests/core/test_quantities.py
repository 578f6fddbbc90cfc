"""Numbers as people read them."""

import pytest

from recordings_pipeline.core.quantities import bytes_text, duration_text, rate_text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1 kB"),
        (999_400, "999 kB"),
        (999_999, "1 MB"),
        (1_240_000_000, "1.2 GB"),
        (85_400_000, "85 MB"),
        (3_000_000_000_000, "3 TB"),
    ],
)
def test_sizes_are_in_powers_of_a_thousand(count: int, text: str) -> None:
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("rate", "text"), [(0, "0 MB/s"), (40_000, "0 MB/s"), (1.25e6, "1.2 MB/s"), (85e6, "85 MB/s")]
)
def test_rates_are_in_megabytes_a_second(rate: float, text: str) -> None:
    assert rate_text(rate) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.3, "0.3 s"),
        (1, "1 s"),
        (59, "59 s"),
        (59.7, "1 min"),
        (170, "3 min"),
        (3_580, "1 h"),
        (7_800, "2 h 10 min"),
    ],
)
def test_durations_have_no_more_digits_than_they_mean(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
