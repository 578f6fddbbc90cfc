"""Rows on their way into Arrow: lists of values by column, made into a batch at a time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from recordings_pipeline.storage.columns import column_of, repeated_column

Columns = Mapping[str, Sequence[Any]]
# Enough for the work per batch to vanish beside that per row. With 8,192 rows, publishing a day of
# wide rows takes 52 MB instead of 36: a batch is in memory as values and as columns, and what Arrow
# needs to write one grows with it.
_BATCH_ROWS = 2_048


class PendingRows:
    """Collects a table's columns until there are enough rows for a batch."""

    def __init__(self, shape: pa.Schema) -> None:
        self.shape = shape
        self._values: dict[str, list[Any]] = {}
        self._repeated: dict[str, list[Any]] = {}
        self._counts: list[int] = []
        self._rows = 0

    def add(
        self, columns: Columns, repeated: Columns, counts: Sequence[int]
    ) -> Iterator[pa.RecordBatch]:
        """Take rows, and yield what has become a batch.

        Raises:
            ValueError: Columns are not of the same length, or of no column of the table.
        """
        rows = _row_count(columns, repeated, counts)
        if unknown := {*columns, *repeated} - set(self.shape.names):
            raise ValueError(f"no columns of the table: {', '.join(sorted(unknown))}")
        if not rows:
            # Nothing to keep; of a day without words the names of every phrase would pile up.
            return
        if self._rows and (columns.keys(), repeated.keys()) != (
            self._values.keys(),
            self._repeated.keys(),
        ):
            yield from self.rest()
        for name, values in columns.items():
            self._values.setdefault(name, []).extend(values)
        for name, values in repeated.items():
            self._repeated.setdefault(name, []).extend(values)
        self._counts.extend(counts)
        self._rows += rows
        if max(self._rows, len(self._counts)) >= _BATCH_ROWS:
            yield from self.rest()

    def rest(self) -> Iterator[pa.RecordBatch]:
        """Yield what has been taken so far."""
        if not self._rows:
            return
        columns = [self._column(field.name, field.type) for field in self.shape]
        self._values, self._repeated, self._counts, self._rows = {}, {}, [], 0
        yield pa.RecordBatch.from_arrays(columns, schema=self.shape)

    def _column(self, name: str, shape: pa.DataType) -> "pa.Array[Any]":
        if name in self._values:
            return column_of(self._values[name], shape)
        if name in self._repeated:
            return repeated_column(self._repeated[name], shape, self._counts)
        return column_of([None] * self._rows, shape)


def _row_count(columns: Columns, repeated: Columns, counts: Sequence[int]) -> int:
    lengths = {len(values) for values in columns.values()}
    if repeated:
        lengths.add(sum(counts))
    if len(lengths) != 1 or any(len(values) != len(counts) for values in repeated.values()):
        raise ValueError("columns are not of the same length")
    return lengths.pop()
