"""Tables as no export would publish them: nobody looks whether they keep their promises."""

from collections.abc import Iterable
from pathlib import Path

from recordings_pipeline.core.columns import Schema
from recordings_pipeline.storage.tables import Row, write_table


def write_unchecked(path: Path, schema: Schema, rows: Iterable[Row]) -> None:
    """Put rows where a table lies; in a folder of no table, nothing is promised of them."""
    aside = path.with_name("unchecked") / path.name
    write_table(aside, schema, rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside.replace(path)
    aside.parent.rmdir()
