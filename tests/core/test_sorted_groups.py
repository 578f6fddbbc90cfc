"""Sorted tables are read side by side, and one that is not sorted is refused."""

import pytest

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.sorted_groups import SortedGroups


def test_rows_come_key_by_key_and_others_are_passed_over() -> None:
    groups = SortedGroups("turns", [("a", 1), ("b", 2), ("b", 3), ("d", 4)])

    found = [groups.of(key) for key in ("b", "c", "d", "e")]

    assert found == [[("b", 2), ("b", 3)], [], [("d", 4)], []]


def test_rows_that_are_not_sorted_are_refused() -> None:
    groups = SortedGroups("turns", [("b", 1), ("a", 2)])

    with pytest.raises(MalformedPayload, match="turns: is not sorted"):
        groups.of("b")
