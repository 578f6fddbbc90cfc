"""Rows that are sorted by a key, handed out key by key, so that tables are read side by side."""

from collections.abc import Iterable
from typing import Any

from recordings_pipeline.core.errors import MalformedPayload

Values = tuple[Any, ...]


class SortedGroups:
    """Rows whose first value is their key, in ascending order; asked for in ascending order."""

    def __init__(self, name: str, rows: Iterable[Values]) -> None:
        self._name = name
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def of(self, key: str) -> list[Values]:
        """Return the rows of a key; those of smaller ones are passed over.

        Raises:
            MalformedPayload: The rows are not sorted.
        """
        found = []
        while self._next is not None and self._next[0] <= key:
            row = self._next
            if row[0] == key:
                found.append(row)
            self._next = next(self._rows, None)
            if self._next is not None and self._next[0] < row[0]:
                raise MalformedPayload(self._name, "is not sorted: publish it again")
        return found
