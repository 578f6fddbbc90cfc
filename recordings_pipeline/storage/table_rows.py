"""A few rows out of a large table: row groups that cannot hold them are not read."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_BATCH_ROWS = 65_536


def rows_where(path: Path, **wanted: str) -> list[dict[str, Any]]:
    """Return the rows whose columns have these values, in order; none without a file.

    A column that the file lacks, because it is older than the column, is no condition.
    """
    if not path.is_file():
        return []
    names = set(pq.read_schema(path).names)
    filters: Any = [(name, "==", value) for name, value in wanted.items() if name in names]
    table = pq.read_table(path, partitioning=None, filters=filters or None)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def each_row(path: Path, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield some columns of all rows, with the memory of a batch; nothing without a file."""
    if not path.is_file():
        return
    with pq.ParquetFile(path) as file:
        names = [name for name in columns if name in file.schema_arrow.names]
        for batch in file.iter_batches(_BATCH_ROWS, columns=names):
            yield from batch.to_pylist()


def unreadable(path: Path) -> str:
    """Say why a table cannot be read, row by row; empty when it can, or when there is none."""
    try:
        for _ in each_row(path, pq.read_schema(path).names if path.is_file() else ()):
            pass
    except (OSError, pa.ArrowException) as error:
        return str(error).partition("\n")[0].partition(":")[0] or type(error).__name__
    return ""
