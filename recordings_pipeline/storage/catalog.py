"""`catalog.duckdb`: all tables under their names, for whoever opens it; `catalog.sql` beside it.

Views hold no data, so that the catalogue is made again only when a table appears or a column does.
The file that people open is never opened for writing: that would lock them out. A new one is made
beside it and takes its name, and who has the old one open keeps it.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from recordings_pipeline.core import layout
from recordings_pipeline.core.catalog import catalog_text
from recordings_pipeline.core.schemas import ALL_SCHEMAS
from recordings_pipeline.storage.durable import naming, publish_bytes, sync_directory
from recordings_pipeline.storage.globs import quoted

# DuckDB 2.0 writes files that 1.x cannot read, unless it is told to.
_STORAGE_VERSION = "v1.0.0"


def keep_catalog(root: Path) -> bool:
    """Make the catalogue if there is none, or another one is due; return whether it was made."""
    catalog, script = root / layout.CATALOG, root / layout.CATALOG_SCRIPT
    text = catalog_text(ALL_SCHEMAS, set(_present(root)))
    if catalog.is_file() and _holds(script, text):
        return False
    _make(catalog, text)
    publish_bytes(script, text.encode())
    return True


def _present(root: Path) -> Iterator[str]:
    """Yield the tables that have at least one file."""
    for schema in ALL_SCHEMAS:
        folder = root / layout.TABLES / schema.name
        if any(
            True
            for pattern in ("part-0.parquet", "date=*/part-0.parquet")
            for _ in folder.glob(pattern)
        ):
            yield schema.name


def _make(catalog: Path, text: str) -> None:
    import duckdb  # noqa: PLC0415 (30 MB and 0.1 s, needed when a table or a column appears)

    beside = catalog.with_name(f".{catalog.name}.new")
    beside.unlink(missing_ok=True)
    with naming(beside):
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


def _holds(script: Path, text: str) -> bool:
    with suppress(FileNotFoundError):
        return script.read_bytes() == text.encode()
    return False
