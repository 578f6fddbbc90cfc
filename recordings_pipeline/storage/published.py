"""Published tables read back in their order, a group of rows at a time."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from recordings_pipeline.core.columns import Schema

_BATCH_ROWS = 4_096

Row = dict[str, Any]
Key = tuple[Any, ...]


class PublishedRows:
    """The rows of a table that is sorted by some columns, handed out key by key.

    A file that is not there, or of another version, has no rows.

    Attributes:
        has_passed: Whether rows were passed over that nobody asked for.
    """

    def __init__(self, path: Path, schema: Schema, key: tuple[str, ...]) -> None:
        self._key = key
        self._rows = _rows(path, schema)
        self._next = next(self._rows, None)
        self.has_passed = False

    @property
    def is_over(self) -> bool:
        """Whether no rows are left."""
        return self._next is None

    def of(self, key: Key) -> list[Row]:
        """Return the rows of a key; ask for keys in ascending order."""
        found: list[Row] = []
        while self._next is not None and (held := self._key_of(self._next)) <= key:
            if held == key:
                found.append(self._next)
            else:
                self.has_passed = True
            self._next = next(self._rows, None)
        return found

    def _key_of(self, row: Row) -> Key:
        return tuple(row[name] for name in self._key)


def published_rows(path: Path, names: Sequence[str]) -> Iterator[Row]:
    """Yield some columns of a published table, in order."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH_ROWS, columns=list(names)):
            yield from batch.to_pylist()


def row_count(path: Path) -> int:
    """Return how many rows a published table has."""
    count: int = pq.read_metadata(path).num_rows
    return count


def _rows(path: Path, schema: Schema) -> Iterator[Row]:
    try:
        file = pq.ParquetFile(path)
    except (FileNotFoundError, pa.ArrowInvalid):
        return
    with file:
        if file.schema_arrow.names == schema.names():
            for batch in file.iter_batches(_BATCH_ROWS):
                yield from batch.to_pylist()
