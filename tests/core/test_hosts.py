"""One slow host cannot hold up the others."""

import pytest

from recordings_pipeline.core.hosts import next_host


@pytest.mark.parametrize(
    ("active", "waiting", "limit", "chosen"),
    [
        ({}, {"a": "1"}, 8, "a"),
        ({"a": 7}, {"a": "1"}, 8, "a"),
        ({"a": 6, "b": 1}, {"a": "1", "b": ""}, 8, None),
        ({"a": 6}, {"a": "1", "b": "1"}, 8, "b"),
        ({"a": 1, "b": 5}, {"a": "1", "b": "1"}, 8, "a"),
        ({"a": 6}, {"a": "", "b": ""}, 8, None),
        ({"a": 0}, {"a": "1", "b": "1"}, 1, "a"),
    ],
    ids=[
        "the only one",
        "the only one gets every slot",
        "the last quarter is kept for the other",
        "the other gets it",
        "the one with fewer",
        "nobody waits",
        "a single slot is anybody's",
    ],
)
def test_the_next_file_is_of(
    active: dict[str, int], waiting: dict[str, str], limit: int, chosen: str | None
) -> None:
    assert next_host(active, waiting, limit) == chosen
