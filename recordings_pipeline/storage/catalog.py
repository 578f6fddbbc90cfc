"""`catalog.duckdb`: all tables under their names, for whoever opens it; `catalog.sql` beside it.

Views hold no data, so that the catalogue is made again only when a table appears or a column does.
The file that people open is never opened for writing: that would lock them out. A new one is made
beside it and takes its name, and who has the old one open keeps it.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

import pyarrow.parquet as pq

from recordings_pipeline.core import layout
from recordings_pipeline.core.catalog import Files, catalog_text, view_text
from recordings_pipeline.core.columns import Schema
from recordings_pipeline.core.errors import StorageFailed
from recordings_pipeline.core.schemas import ALL_SCHEMAS
from recordings_pipeline.storage.durable import (
    CHECK_DISK,
    FREE_SPACE,
    FULL,
    OF_THE_DISK,
    naming,
    publish_bytes,
    sync_directory,
)
from recordings_pipeline.storage.globs import quoted
from recordings_pipeline.storage.tables import arrow_schema

# DuckDB 2.0 writes files that 1.x cannot read, unless it is told to.
_STORAGE_VERSION = "v1.0.0"
_REFUSALS = {number: os.strerror(number) for number in OF_THE_DISK}


def keep_catalog(root: Path) -> bool:
    """Make the catalogue if there is none, or another one is due; return whether it was made."""
    catalog, script = root / layout.CATALOG, root / layout.CATALOG_SCRIPT
    before = _text(script)
    text = catalog_text([(schema, _files(root, schema, before)) for schema in ALL_SCHEMAS])
    if catalog.is_file() and before == text:
        return False
    _make(catalog, text)
    publish_bytes(script, text.encode())
    return True


def _files(root: Path, schema: Schema, before: str) -> Files:
    """Say what files a table has.

    Files of this version are alike. What others have left is looked at once: as long as the columns
    are those of the catalogue that is there, it has been.
    """
    folder = root / layout.TABLES / schema.name
    found = chain(folder.glob("part-0.parquet"), folder.glob("date=*/part-0.parquet"))
    if (first := next(found, None)) is None:
        return Files.NONE
    known = [files for files in (Files.ALIKE, Files.MIXED) if view_text(schema, files) in before]
    if known:
        return known[0]
    shape = arrow_schema(schema)
    is_alike = all(pq.read_schema(path).equals(shape) for path in chain([first], found))
    return Files.ALIKE if is_alike else Files.MIXED


def _make(catalog: Path, text: str) -> None:
    import duckdb  # noqa: PLC0415 (30 MB and 0.1 s, needed when a table or a column appears)

    beside = catalog.with_name(f".{catalog.name}.new")
    # The log of one that died would be taken for that of the new one.
    for left in (beside, beside.with_name(f"{beside.name}.wal")):
        left.unlink(missing_ok=True)
    with naming(beside), _storing(catalog.name, duckdb.Error):
        with duckdb.connect(config={"temp_directory": f"{catalog}.tmp"}) as connection:
            connection.execute(
                f"ATTACH {quoted(str(beside))} AS made (STORAGE_VERSION '{_STORAGE_VERSION}')"
            )
            connection.execute("USE made")
            connection.begin()  # or each of two hundred comments would be synced alone
            connection.execute(text)
            connection.commit()
            connection.execute("USE memory")
            connection.execute("DETACH made")
        with beside.open("rb") as file:
            os.fsync(file.fileno())
    beside.replace(catalog)
    sync_directory(catalog.parent)


@contextmanager
def _storing(name: str, kind: type[Exception]) -> Generator[None]:
    """Turn what the disk refuses to DuckDB into one sentence; our own mistakes stay what they are.

    DuckDB has no number for it, only a text that ends with the system's own words.
    """
    try:
        yield
    except kind as error:
        words = str(error).partition("\n")[0].rpartition('": ')[2].strip()
        number = next((number for number, said in _REFUSALS.items() if said == words), None)
        if number is None:
            raise
        remedy = FREE_SPACE if number in FULL else CHECK_DISK
        raise StorageFailed(name, words, remedy) from error


def _text(script: Path) -> str:
    with suppress(FileNotFoundError, UnicodeDecodeError):
        return script.read_bytes().decode()
    return ""
