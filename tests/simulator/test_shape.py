"""One file describes a world, and says clearly what is wrong with it."""

from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline.simulator.shape import BUNDLED, BadShape, shape_from, shape_named

GOOD: dict[str, Any] = {
    "calls_per_day": 5,
    "seconds": {"median": 30, "spread": 0.5, "shortest": 3, "longest": 60},
    "share": {"hold": 0.1},
}


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_world_loads(name: str) -> None:
    assert shape_named(name).calls_per_day > 0


def test_a_file_describes_a_world_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        "calls_per_day = 7\n[seconds]\nmedian = 20\nspread = 0.1\nshortest = 5\nlongest = 60\n"
        '[pinned]\n4 = ["deleted"]\n'
    )

    shape = shape_named(str(path))

    assert (shape.calls_per_day, shape.median_s) == (7, 20)
    assert shape.pinned == {4: ("deleted",)}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"colour": 1}, "colour"),
        ({"share": {"holds": 0.1}}, "share.holds"),
        ({"share": {"hold": 1.5}}, "share"),
        ({"calls_per_day": 0}, "calls_per_day"),
        ({"seconds": {"median": 1}}, "spread"),
        ({"seconds": {"median": 30, "spread": 1, "shortest": 40, "longest": 60}}, "shortest"),
        ({"pinned": {"x": ["hold"]}}, "pinned.x"),
        ({"pinned": {"1": ["holds"]}}, "pinned.1"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_makes_no_sense_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(BadShape, match=named):
        shape_from({**GOOD, **change})


@pytest.mark.parametrize("content", [None, "calls_per_day =", "\x00"], ids=["absent", "cut", "nul"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "world.toml"
    if content is not None:
        path.write_text(content)

    with pytest.raises(BadShape, match=r"world\.toml"):
        shape_named(str(path))
