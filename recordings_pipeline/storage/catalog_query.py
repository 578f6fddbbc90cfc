"""Asks the catalogue, so that a query can read the tables and do nothing else.

The database is opened read-only, DuckDB may touch no file but those of tables, loads no extension
and takes no setting from a query. That leaves `COPY … TO` a table's own folder; so what is no
SELECT is refused before it runs.
"""

from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from recordings_pipeline.core import layout
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.verification import printable
from recordings_pipeline.storage.globs import literal, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_T = TypeVar("_T")
_PAGE_ROWS = 1_000
_WHAT = "the query"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found: the names of its columns, and its rows, to be read once."""

    names: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


@contextmanager
def answered(root: Path, query: str) -> Generator[Answer]:
    """Run a query over the tables of a data directory; rows are fetched as they are read.

    Raises:
        ConfigurationError: There is no catalogue, or the query is none, fails, or does more than
            to read.
    """
    import duckdb  # noqa: PLC0415 (0.1 s and 56 MB, needed by this command)

    catalog = root.absolute() / layout.CATALOG
    if not catalog.is_file():
        problem = f"holds no {layout.CATALOG}: {root}; export a day, which makes it"
        raise ConfigurationError("RECORDINGS_DATA", problem)
    try:
        with (
            duckdb.connect(str(catalog), read_only=True) as asked,
            ThreadPoolExecutor(1) as worker,
        ):
            _confine(asked, root.absolute() / layout.TABLES)
            _require_one_select(duckdb.extract_statements(query))
            _wait(asked, worker.submit(asked.execute, query))
            names = tuple(column[0] for column in asked.description or ())
            yield Answer(names, _rows(asked, worker))
    except duckdb.Error as error:
        lines = "\n".join(map(printable, str(error).splitlines()))
        raise ConfigurationError(_WHAT, f"failed: {lines}") from None


def _confine(asked: "DuckDBPyConnection", tables: Path) -> None:
    """Let queries read files below a folder, and nothing else, and change no setting."""
    folders = ", ".join(quoted(f"{text}/") for text in (str(tables), literal(tables)))
    for setting in (
        "TimeZone = 'UTC'",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "allow_community_extensions = false",
        f"allowed_directories = [{folders}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        asked.execute(f"SET {setting}")


def _require_one_select(statements: list[Any]) -> None:
    kinds = [statement.type.name for statement in statements]
    if kinds != ["SELECT"]:
        found = ", ".join(kinds) or "nothing"
        raise ConfigurationError(_WHAT, f"has to be one SELECT, and is {found}: nothing was run")


def _rows(asked: "DuckDBPyConnection", worker: ThreadPoolExecutor) -> Iterator[tuple[Any, ...]]:
    while page := _wait(asked, worker.submit(asked.fetchmany, _PAGE_ROWS)):
        yield from page


def _wait(asked: "DuckDBPyConnection", work: Future[_T]) -> _T:
    """Wait for work of the database, which Ctrl-C ends at once: it does not hear of it itself."""
    try:
        return work.result()
    except KeyboardInterrupt:
        asked.interrupt()
        raise
