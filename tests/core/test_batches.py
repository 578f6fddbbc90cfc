"""A batch is no larger than what can be fetched before its URLs expire."""

import pytest

from recordings_pipeline.core.batches import conversations_per_batch, usable_s


@pytest.mark.parametrize(
    ("lifetime_s", "recordings_per_s", "count"),
    [
        (3_600, None, 100),
        (120, None, 25),
        (3_600, 100, 100),
        (120, 100, 100),
        (120, 1, 20),
        (120, 0.001, 1),
    ],
    ids=[
        "ample, unknown",
        "short, unknown",
        "ample and fast",
        "short and fast",
        "short and slow",
        "hopeless",
    ],
)
def test_a_batch_names(lifetime_s: float, recordings_per_s: float | None, count: int) -> None:
    assert conversations_per_batch(lifetime_s, recordings_per_s) == count


@pytest.mark.parametrize(("lifetime_s", "used_s"), [(120, 90), (600, 480), (3_600, 3_480)])
def test_a_url_is_not_begun_with_at_the_end_of_its_life(lifetime_s: float, used_s: float) -> None:
    assert usable_s(lifetime_s) == used_s
