"""Published tables, read a row group at a time: memory does not grow with the day."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from recordings_pipeline.core.columns import Schema

_BATCH_ROWS = 4_096

Values = tuple[Any, ...]


def values_in_order(path: Path, names: Sequence[str]) -> Iterator[Values]:
    """Yield the rows of a table as tuples of some columns; no file is an empty table.

    Instants come as milliseconds since 1970: as objects they cost more than all other columns.
    """
    if not path.is_file():
        return
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH_ROWS, columns=list(names)):
            yield from zip(*(_values(batch.column(name)) for name in names), strict=True)


def is_published_as(path: Path, schema: Schema) -> bool:
    """Say whether a table is there, whole, and of the version that we write."""
    try:
        names: list[str] = pq.read_schema(path).names
    except (OSError, pa.ArrowInvalid):
        return False
    return names == schema.names()


def _values(column: "pa.Array[Any]") -> list[Any]:
    if not pa.types.is_timestamp(column.type):
        found: list[Any] = column.to_pylist()
        return found
    instants = column.view(pa.int64()).to_pylist()
    return [None if instant is None else instant // 1_000 for instant in instants]
