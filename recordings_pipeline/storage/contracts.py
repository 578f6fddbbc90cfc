"""Finds the rows of a table that break its contract: before it is published, or afterwards."""

import secrets
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from recordings_pipeline.core import contracts, layout
from recordings_pipeline.core.columns import Schema
from recordings_pipeline.core.contracts import LATEST_END, MOST_ROWS, ContractBroken, Violation
from recordings_pipeline.core.verification import printable
from recordings_pipeline.storage.globs import literal, quoted
from recordings_pipeline.storage.staging import staging_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MOST_MEMORY = "256MB"
_MOST_ID_LENGTH = 64
# Keys of so many rows take some 10 MB, those of a million 50 MB: memory would grow with the day
# until there.
_PART_ROWS = 250_000
_KNOWN = "count_if(ms IS NULL) = 0"


def require_contract(staged: Path, path: Path, schema: Schema) -> None:
    """Look at rows that are about to replace a published file.

    Raises:
        ContractBroken: They may not; the published file is as it was.
    """
    if schema.name not in path.parts[-3:-1]:
        return  # no table of a data directory
    broken = [str(v) for v in violations(staged, path, schema) if v.is_blocking]
    if broken:
        day = layout.day_of(PurePosixPath(path.parent.name))
        raise ContractBroken(schema.name, str(day or "all days"), tuple(broken))


def violations(file: Path, path: Path, schema: Schema) -> tuple[Violation, ...]:
    """Return what the rows of a file break, as the table that is, or will be, at a path.

    They are compared with the index and the audio files of the same day, as far as those are there.
    """
    with _opened(file, staging_folder(path)) as connection:
        found = _Finder(connection, file, path, schema)
        return (*found.rows(), *found.doubles(), *found.strangers(), *found.late_ends())


class _Finder:
    """Asks one question after the other about the table ``t``."""

    def __init__(
        self, connection: "DuckDBPyConnection", file: Path, path: Path, schema: Schema
    ) -> None:
        self._connection = connection
        self._file = quoted(literal(file))
        self._path = path
        self._schema = schema
        self._names = ", ".join(contracts.named_by(schema))

    def rows(self) -> Iterator[Violation]:
        """Look at each row, and at the one before, in a single pass."""
        rules = contracts.row_rules(self._schema)
        order = contracts.order_rule(self._schema)
        counted = [f"count_if({rule.broken})" for rule in rules]
        source = "t"
        if order is not None:
            rules, counted = (*rules, order), [*counted, "count_if(is_late)"]
            source = f"(SELECT *, {order.broken} AS is_late FROM t)"
        (counts,) = self._ask(f"SELECT {', '.join(counted)} FROM {source}")
        for rule, count in zip(rules, counts, strict=True):
            if count:
                condition = "is_late" if rule is order else rule.broken
                named = self._named(f"FROM {source} WHERE {condition}")
                yield Violation(self._schema.name, rule.name, count, named)

    def doubles(self) -> Iterator[Violation]:
        """Look for rows that share their keys: by a hash first, which takes a tenth of the memory.

        Two keys of thirty million share a hash of 64 bits once in forty thousand days; then the
        keys themselves are looked at.
        """
        if not self._schema.keys or not self._may_be_doubled():
            return
        doubled = f"FROM t GROUP BY {self._names} HAVING count(*) > 1"
        ((count,),) = self._ask(f"SELECT count(*) FROM (SELECT 1 {doubled})")
        if count:
            rule = f"unique: {self._names}"
            yield Violation(self._schema.name, rule, count, self._named(doubled))

    def _may_be_doubled(self) -> bool:
        """Look at one part of the rows after the other: memory does not grow with the day.

        Keys that are shared across parts are of a recording in two conversations, of which the
        index has one at most.
        """
        parts = self._parts()
        hashed = f"GROUP BY hash({self._names}) HAVING count(*) > 1 LIMIT 1"
        if any(self._ask(f"SELECT 1 FROM t WHERE {part} {hashed}") for part in parts):
            return True
        if len(parts) == 1 or self._beside("recording_index").is_file():
            return False
        both = "FROM (SELECT DISTINCT recording_id, conversation_id FROM t)"
        return bool(self._ask(f"SELECT 1 {both} GROUP BY recording_id HAVING count(*) > 1 LIMIT 1"))

    def _parts(self) -> list[str]:
        """Return conditions that each hold for some 250,000 rows; each row meets one of them.

        Where rows are sorted by conversation, a part is read without the others.
        """
        if self._schema.order[:1] != ("conversation_id",):
            return ["true"]
        groups = self._ask(
            "SELECT stats_min_value, row_group_num_rows FROM parquet_metadata("
            f"{self._file}) WHERE path_in_schema = 'conversation_id' ORDER BY row_group_id"
        )
        edges, rows = list[str](), 0
        for first, count in groups:
            if rows >= _PART_ROWS and first is not None and edges[-1:] < [first]:
                edges.append(first)
                rows = 0
            rows += count
        lows = ["true", *(f"conversation_id >= {quoted(edge)}" for edge in edges)]
        highs = [*(f"conversation_id < {quoted(edge)}" for edge in edges), "true"]
        return [f"{low} AND {high}" for low, high in zip(lows, highs, strict=True)]

    def strangers(self) -> Iterator[Violation]:
        """Look for recordings and conversations that the day's index does not hold."""
        names = ", ".join(contracts.indexed_by(self._schema))
        index = self._beside("recording_index")
        if not names or not index.is_file():
            return
        indexed = f"(SELECT DISTINCT {names} FROM read_parquet({quoted(literal(index))}))"
        source = f"FROM (SELECT DISTINCT {names} FROM t) ANTI JOIN {indexed} USING ({names})"
        rule = f"in the day's index: {names}"
        yield from self._some(rule, source, names, is_blocking=True)

    def late_ends(self) -> Iterator[Violation]:
        """Look for recordings with rows that end after their sound, where its length is known.

        Several files of a recording follow each other.
        """
        files = self._beside("audio_files")
        if not contracts.is_timed(self._schema) or not files.is_file():
            return
        lengths = (
            f"SELECT recording_id, duration_ms AS ms FROM read_parquet({quoted(literal(files))})"
        )
        sound = (
            f"(SELECT recording_id, sum(ms) AS ms FROM ({lengths}) GROUP BY ALL HAVING {_KNOWN})"
        )
        last = "(SELECT recording_id, max(end_ms) AS end_ms FROM t GROUP BY ALL)"
        source = f"FROM {last} JOIN {sound} USING (recording_id) WHERE end_ms > {LATEST_END}"
        rule = "ends within its audio, give or take 2 s and 5 %"
        is_blocking = contracts.is_heard(self._schema)
        yield from self._some(rule, source, "recording_id", is_blocking=is_blocking)

    def _some(
        self, rule: str, source: str, names: str, *, is_blocking: bool
    ) -> Iterator[Violation]:
        ((count,),) = self._ask(f"SELECT count(*) {source}")
        if count:
            named = self._named(source, names)
            yield Violation(self._schema.name, rule, count, named, is_blocking)

    def _named(self, source: str, names: str = "") -> tuple[str, ...]:
        names = names or self._names
        rows = self._ask(f"SELECT {names} {source} LIMIT {MOST_ROWS}")
        return tuple(_row_text(names.split(", "), row) for row in rows)

    def _beside(self, table: str) -> Path:
        """Return the file of another table of the same day."""
        return self._path.parents[2] / table / self._path.parent.name / self._path.name

    def _ask(self, question: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(question).fetchall()


@contextmanager
def _opened(file: Path, temporary: Path) -> Generator["DuckDBPyConnection"]:
    import duckdb  # noqa: PLC0415 (0.1 s and 56 MB, needed by whoever publishes)

    spill = temporary / f"contract.{secrets.token_hex(4)}"  # that of another process is its own
    settings: dict[str, Any] = {"memory_limit": _MOST_MEMORY, "temp_directory": str(spill)}
    with duckdb.connect(config=settings) as connection:
        name = quoted(literal(file))
        connection.execute(f"CREATE VIEW t AS FROM read_parquet({name}, hive_partitioning = false)")
        yield connection


def _row_text(names: list[str], row: tuple[Any, ...]) -> str:
    pairs = zip(names, row, strict=True)
    return " ".join(f"{name}={printable(str(value))[:_MOST_ID_LENGTH]}" for name, value in pairs)
