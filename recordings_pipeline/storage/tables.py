"""Parquet in, Parquet out; a day's file is replaced as a whole, and only when it changed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from recordings_pipeline.core.columns import Column, Schema
from recordings_pipeline.storage.contracts import require_contract
from recordings_pipeline.storage.pending_rows import Columns, PendingRows
from recordings_pipeline.storage.staging import publish, staged, staging_folder

# Measured on a million phrases: level 3 is a third smaller than snappy, level 9 costs four times
# the CPU for five percent; delta and byte-stream-split coding save another fifth.
COMPRESSION_LEVEL = 3
ROW_GROUP_ROWS = 131_072
# Wide rows make a smaller group: three copies of it are in memory while it is written.
ROW_GROUP_BYTES = 4_000_000
CHUNK_ROWS = 1_024
_ARROW = {
    "string": pa.string(),
    "strings": pa.list_(pa.string()),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}
_ENCODING = {
    "int64": "DELTA_BINARY_PACKED",
    "timestamp": "DELTA_BINARY_PACKED",
    "float64": "BYTE_STREAM_SPLIT",
}

Row = Mapping[str, Any]
Check = Callable[[Path], None]


def arrow_schema(schema: Schema) -> pa.Schema:
    """Return the Arrow schema of a table, with descriptions and units in the field metadata."""
    fields = [_field(column) for column in schema.columns]
    return pa.schema(fields, metadata={"description": schema.description})


class TableWriter:
    """Takes the rows of a table and writes them aside, a row group at a time.

    Memory holds a few row groups, however many rows there are. Use it in a ``with`` block, which
    leaves no trace unless `publish` was called.

    Args:
        path: The file to replace.
        schema: Its columns.
        group_bytes: Size of a row group's columns in memory.
        check: Called with the staged file before it replaces the published one; it may raise.
    """

    def __init__(
        self,
        path: Path,
        schema: Schema,
        *,
        group_bytes: int = ROW_GROUP_BYTES,
        check: Check | None = None,
    ) -> None:
        self._path = path
        self._check = check
        self._group_bytes = group_bytes
        self._stack = ExitStack()
        self._pending = PendingRows(arrow_schema(schema))
        self._batches: list[pa.RecordBatch] = []
        self._rows, self._bytes = 0, 0
        self._schema = schema
        self.row_count = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            name = f"{self._path.parent.name}.{self._path.name}"
            self._file = stack.enter_context(staged(staging_folder(self._path), name))
            shape, options = self._pending.shape, writer_options(self._schema)
            self._writer = stack.enter_context(pq.ParquetWriter(self._file, shape, **options))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def add_rows(self, rows: Iterable[Row]) -> None:
        """Add rows; what a row does not name is null."""
        waiting = iter(rows)
        while chunk := list(islice(waiting, CHUNK_ROWS)):
            names = self._pending.shape.names
            self.add({name: [row.get(name) for row in chunk] for name in names})

    def add(
        self, columns: Columns, repeated: Columns | None = None, counts: Sequence[int] = ()
    ) -> None:
        """Add rows by their columns; a column that nobody names is null.

        Args:
            columns: A value for each row.
            repeated: Values that stand for several rows each.
            counts: For how many; the same for all repeated columns.
        """
        for batch in self._pending.add(columns, repeated or {}, counts):
            self._take(batch)

    def publish(self) -> int:
        """Write the rest, replace the published file if the rows differ, and count the rows.

        No rows make an empty file, not a missing one.

        Raises:
            ContractBroken: A row is not what the table promises; the published file stays.
        """
        self.finish()
        return self.replace()

    def finish(self) -> None:
        """Write the rest and check all of it; the published file is as it was.

        Raises:
            ContractBroken: A row is not what the table promises.
        """
        for batch in self._pending.rest():
            self._take(batch)
        if self._batches or not self.row_count:
            self._write_group()
        self._writer.close()
        self._file.flush()
        require_contract(Path(self._file.name), self._path, self._schema)
        if self._check is not None:
            self._check(Path(self._file.name))

    def replace(self) -> int:
        """Replace the published file by what was finished, and count the rows."""
        publish(self._file, self._path)
        return self.row_count

    def _take(self, batch: pa.RecordBatch) -> None:
        self._batches.append(batch)
        self.row_count += batch.num_rows
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= ROW_GROUP_ROWS or self._bytes >= self._group_bytes:
            self._write_group()

    def _write_group(self) -> None:
        group = pa.Table.from_batches(self._batches, schema=self._pending.shape)
        self._batches, self._rows, self._bytes = [], 0, 0
        self._writer.write_table(group, row_group_size=max(group.num_rows, 1))


def publish_together(
    writers: Sequence[TableWriter], replacing: AbstractContextManager[None] | None = None
) -> list[int]:
    """Publish tables that belong together, and count the rows of each.

    All are checked before one is replaced, so that no broken row leaves new tables beside old ones.

    Args:
        writers: One a table.
        replacing: Entered while files are replaced, one after the other: a crash there, or a disk
            that fails, does leave new tables beside old ones.

    Raises:
        ContractBroken: A row is not what its table promises; all published files stay.
    """
    for writer in writers:
        writer.finish()
    with replacing or nullcontext():
        return [writer.replace() for writer in writers]


def write_table(path: Path, schema: Schema, rows: Iterable[Row], check: Check | None = None) -> int:
    """Publish a day's rows and return how many there are.

    Equal rows make equal bytes; a file that would not change is left alone, so that its time of
    modification says when the data last changed.
    """
    with TableWriter(path, schema, check=check) as writer:
        writer.add_rows(rows)
        return writer.publish()


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read a day's rows back, in order."""
    rows: list[dict[str, Any]] = pq.read_table(path, partitioning=None).to_pylist()
    return rows


def _field(column: Column) -> "pa.Field[Any]":
    metadata = {"description": column.description}
    if column.unit:
        metadata["unit"] = column.unit
    if column.privacy != "none":
        metadata[column.privacy] = "true"
    return pa.field(column.name, _ARROW[column.type], nullable=column.nullable, metadata=metadata)


def writer_options(schema: Schema) -> dict[str, Any]:
    """Return how a table is compressed and coded."""
    repeated = [column.name for column in schema.columns if column.is_repeated]
    return {
        "compression": "zstd",
        "compression_level": COMPRESSION_LEVEL,
        "write_page_index": True,
        "use_dictionary": repeated,
        "column_encoding": {
            column.name: _ENCODING[column.type]
            for column in schema.columns
            if column.type in _ENCODING and not column.is_repeated
        },
    }
