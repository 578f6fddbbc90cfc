"""What a phase of work did: what is added up can be taken apart again."""

from dataclasses import replace

import pytest

from recordings_pipeline.core.histogram import DOWNLOAD_S, FILE_BYTES, SOUND_S
from recordings_pipeline.core.throughput import Throughput, Waits, between, total
from recordings_pipeline.core.timeline import Timeline

FIRST = Throughput(
    bytes_moved=3_000_000,
    seconds=1.5,
    waits=Waits(1, 2, 3, 4, 5),
    rate_limited_count=1,
    resumed_count=2,
    calls_by_route={"GET /a": 4},
    file_bytes=FILE_BYTES.having(3_000_000),
    sound_s=SOUND_S.having(12),
    download_s=DOWNLOAD_S.having(0.2),
    timeline=Timeline(0.25, (3_000_000,)),
)
SECOND = Throughput(
    bytes_moved=1_000_000,
    seconds=0.5,
    waits=Waits(10, 20, 30, 40, 50),
    rate_limited_count=10,
    resumed_count=20,
    calls_by_route={"GET /a": 1, "GET /b": 2},
    file_bytes=FILE_BYTES.having(999_999),
    sound_s=SOUND_S.having(70),
    download_s=DOWNLOAD_S.having(2),
    timeline=Timeline(0.25, (0, 1_000_000)),
)


def test_phases_that_followed_each_other_add_up() -> None:
    both = total([FIRST, SECOND])

    assert (both.bytes_moved, both.seconds, both.mb_per_s) == (4_000_000, 2.0, 2.0)
    assert both.waits == Waits(11, 22, 33, 44, 55)
    assert (both.rate_limited_count, both.resumed_count) == (11, 22)
    assert (both.api_calls, both.calls_by_route) == (7, {"GET /a": 5, "GET /b": 2})
    assert (both.file_count, both.stored_bytes) == (2, 3_999_999)
    assert (both.sound_s.sum, both.download_s.sum) == (82, 2.2)
    assert both.timeline.counts == (3_000_000, 0, 1_000_000)


def test_between_two_readings_is_what_was_added_to_the_first() -> None:
    both = total([FIRST, SECOND])

    assert between(FIRST, both) == SECOND
    assert between(both, both) == Throughput()
    assert total([]) == Throughput()


@pytest.mark.parametrize(("moved", "seconds"), [(0, 1.0), (1, 0.0)])
def test_without_bytes_or_time_there_is_no_rate(moved: int, seconds: float) -> None:
    assert Throughput(bytes_moved=moved, seconds=seconds).mb_per_s == 0


def test_a_megabyte_is_a_million_bytes() -> None:
    assert replace(Throughput(), bytes_moved=1_000_000, seconds=1.0).mb_per_s == 1.0
