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

    A file that is not there, is damaged or of another version has no rows that could be read.

    Attributes:
        is_readable: Whether all that was read until now could be read.
        has_passed: Whether rows were passed over that nobody asked for.
    """

    def __init__(
        self, path: Path, schema: Schema, key: tuple[str, ...], *, only_keys: bool = False
    ) -> None:
        """Open a table.

        Args:
            path: Its file.
            schema: What its columns have to be.
            key: What it is sorted by.
            only_keys: Read no other columns, and a key's rows as one or few.
        """
        self._key = key
        self.is_readable = True
        self.has_passed = False
        self._rows = self._read(path, schema, only_keys=only_keys)
        self._next = next(self._rows, None)

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

    def _read(self, path: Path, schema: Schema, *, only_keys: bool) -> Iterator[Row]:
        names = list(self._key) if only_keys else None
        try:
            with pq.ParquetFile(path) as file:
                if file.schema_arrow.names != schema.names():
                    self.is_readable = False
                    return
                for batch in file.iter_batches(_BATCH_ROWS, columns=names):
                    rows = _distinct(batch, self._key) if only_keys else batch
                    yield from rows.to_pylist()
        except (OSError, pa.ArrowInvalid):
            self.is_readable = False

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


def _distinct(batch: pa.RecordBatch, key: Sequence[str]) -> pa.Table:
    """Return each key of a batch once, in order."""
    return pa.table(batch).group_by(list(key), use_threads=False).aggregate([])
