"""The catalogue: a view over each table, with what it and its columns mean, as SQL.

Views find the tables wherever the data directory lies. DuckDB names the place for its temporary
files after the database file, so that a view can tell from a setting where it was opened; where
that does not help, in a database of one's own, paths count from ``file_search_path`` or from the
working directory. Tried with DuckDB 1.3.2, 1.5.5 and 2.0.0.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from recordings_pipeline.core import layout
from recordings_pipeline.core.columns import Schema, plain
from recordings_pipeline.core.dictionary import column_text
from recordings_pipeline.core.schemas import RESCUE_LIST

_TYPES = {
    "string": "VARCHAR",
    "strings": "VARCHAR[]",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "bool": "BOOLEAN",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
}
_DAY = plain("date", "string", "UTC day on which the conversation started")
_HEAD = f"""\
-- Views over all tables, for DuckDB; {layout.CATALOG} holds the same, ready to open.
-- Run it in the data directory, or elsewhere after: SET file_search_path = '/the/data/directory';
-- Exports replace both files when tables or columns change: keep views of your own elsewhere.
"""
# What a glob would take for its own in the directory's name is put in brackets.
_PLACE = (
    "regexp_replace(regexp_extract(current_setting('temp_directory'), "
    rf"'^(.*){layout.CATALOG.name.replace('.', '[.]')}[.]tmp$', 1), '([*?[])', '[\1]', 'g')"
)


class Files(StrEnum):
    """What files a table has."""

    NONE = "none"
    ALIKE = "alike"
    MIXED = "mixed"


def catalog_text(tables: Iterable[tuple[Schema, Files]]) -> str:
    """Return the statements that make the views."""
    statements = (
        statement
        for schema, files in tables
        for statement in (view_text(schema, files), *_comments(schema))
    )
    return "\n".join([_HEAD, *statements, ""])


def view_text(schema: Schema, files: Files) -> str:
    """Return the statement that makes a view of all columns that the table ever had.

    The first, empty half gives names, order and types, also of columns that no file has yet. Files
    of several versions of the program are joined by name, for which DuckDB opens each of them: 11
    ms for 60 days, where a question about one day takes 6 ms. So that is done only where it has to.
    """
    nothing = ", ".join(f"NULL::{type_} AS {name}" for name, type_ in _columns(schema))
    view = f"CREATE OR REPLACE VIEW {schema.name} AS\nSELECT {nothing} WHERE false"
    if files is Files.NONE:
        return f"{view};"
    return f"{view}\nUNION ALL BY NAME FROM {_read(schema, files)};"


def _read(schema: Schema, files: Files) -> str:
    folder = layout.TABLES / schema.name
    if schema is RESCUE_LIST:
        return f"read_parquet({_PLACE} || '{folder}/part-0.parquet', hive_partitioning = false)"
    by_name = ", union_by_name = true" if files is Files.MIXED else ""
    return (
        f"read_parquet({_PLACE} || '{folder}/date=*/part-0.parquet', "
        f"hive_partitioning = true, hive_types = {{'date': DATE}}{by_name})"
    )


def _columns(schema: Schema) -> Iterator[tuple[str, str]]:
    yield from ((column.name, _TYPES[column.type]) for column in schema.columns)
    if schema is not RESCUE_LIST:
        yield _DAY.name, "DATE"


def _comments(schema: Schema) -> Iterator[str]:
    yield f"COMMENT ON VIEW {schema.name} IS {_quoted(schema.description)};"
    columns = schema.columns if schema is RESCUE_LIST else (*schema.columns, _DAY)
    for column in columns:
        yield f"COMMENT ON COLUMN {schema.name}.{column.name} IS {_quoted(column_text(column))};"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
