"""How values spread, between edges that never change."""

import pytest

from recordings_pipeline.core.histogram import DOWNLOAD_S, FILE_BYTES, SOUND_S, Histogram, ranges
from recordings_pipeline.core.quantities import bytes_text, duration_text

EMPTY = Histogram.empty(1, 10)


@pytest.mark.parametrize(
    ("value", "counts"),
    [(0, (1, 0, 0)), (0.99, (1, 0, 0)), (1, (0, 1, 0)), (9.99, (0, 1, 0)), (10, (0, 0, 1))],
)
def test_an_edge_belongs_to_the_range_above_it(value: float, counts: tuple[int, ...]) -> None:
    assert EMPTY.having(value).counts == counts


def test_adding_and_taking_away_are_each_other_s_opposite() -> None:
    some = EMPTY.having(0.5).having(5)
    more = EMPTY.having(50).having(7)

    both = some + more

    assert (both.counts, both.sum, both.count) == ((1, 2, 1), 62.5, 4)
    assert both - more == some


def test_the_mean_of_nothing_is_nothing() -> None:
    assert EMPTY.mean == 0
    assert EMPTY.having(2).having(4).mean == 3


def test_histograms_of_different_kinds_cannot_be_added() -> None:
    with pytest.raises(ValueError, match="zip"):
        _ = FILE_BYTES + EMPTY


def test_ranges_are_named_with_the_unit_of_their_values() -> None:
    assert ranges(FILE_BYTES, bytes_text) == [
        "below 10 kB",
        "10 kB to 100 kB",
        "100 kB to 1 MB",
        "1 MB to 10 MB",
        "10 MB to 100 MB",
        "100 MB to 1 GB",
        "1 GB and more",
    ]
    assert ranges(SOUND_S, duration_text)[-2:] == ["1 h to 4 h", "4 h and more"]
    assert ranges(DOWNLOAD_S, duration_text)[:2] == ["below 0.1 s", "0.1 s to 0.3 s"]
