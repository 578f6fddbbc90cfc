"""Takes the rows of conversations out of published tables, each table replaced as a whole."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from recordings_pipeline.core.columns import Schema
from recordings_pipeline.storage.durable import sync_directory
from recordings_pipeline.storage.staging import publish, staged, staging_folder
from recordings_pipeline.storage.tables import writer_options

_ID = "conversation_id"


def remove_rows(path: Path, schema: Schema, ids: Collection[str]) -> bool:
    """Publish a table without the rows of some conversations, if it has any.

    A table that cannot be read is removed: nobody can say whose rows it holds. No contract is
    asked, as the table may be of another version: fewer rows break none that more rows keep.

    Returns:
        Whether the table was there and could be read.
    """
    try:
        with pq.ParquetFile(path) as file:
            if _holds_any(file, ids):
                _rewrite(file, path, schema, ids)
    except FileNotFoundError:
        return False
    except (pa.ArrowInvalid, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        path.unlink(missing_ok=True)
        sync_directory(path.parent)
        return False
    return True


def _holds_any(file: pq.ParquetFile, ids: Collection[str]) -> bool:
    wanted = pa.array(sorted(ids), pa.string())
    for batch in file.iter_batches(columns=[_ID]):
        if pc.any(pc.is_in(batch.column(0), value_set=wanted)).as_py():
            return True
    return False


def _rewrite(file: pq.ParquetFile, path: Path, schema: Schema, ids: Collection[str]) -> None:
    """Copy what stays, a row group at a time; the new file takes the name of the old one."""
    gone, shape = pa.array(sorted(ids), pa.string()), file.schema_arrow
    name = f"{path.parent.name}.{path.name}"
    with staged(staging_folder(path), name) as staging:
        with pq.ParquetWriter(staging, shape, **_options(schema, shape.names)) as writer:
            for number in range(file.num_row_groups):
                group = file.read_row_group(number)
                stays = pc.invert(pc.is_in(group.column(_ID), value_set=gone))
                writer.write_table(group.filter(stays))
        publish(staging, path)


def _options(schema: Schema, names: Collection[str]) -> dict[str, Any]:
    """Leave out the columns that an older version did not write."""
    options = writer_options(schema)
    options["use_dictionary"] = [name for name in options["use_dictionary"] if name in names]
    coded = options["column_encoding"].items()
    options["column_encoding"] = {name: how for name, how in coded if name in names}
    return options
