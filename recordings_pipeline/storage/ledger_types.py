"""Columns and expressions that mean the same to SQLite and to PostgreSQL.

Text has no limit and sorts by its bytes in both: tables, manifests and the joins between them rely
on the order of ids. A whole number has 64 bits in both.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Dialect,
    Float,
    Integer,
    String,
    Text,
    TypeDecorator,
    cast,
    func,
    literal,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_POSTGRES = "postgresql"


class _Bytewise(Text):
    """Text of PostgreSQL that sorts by its bytes."""


TEXT = Text().with_variant(_Bytewise(), _POSTGRES)
WHOLE = Integer().with_variant(BigInteger(), _POSTGRES)


def word(length: int) -> String:
    """Return the type of a short text; neither database minds a longer one."""
    return String(length).with_variant(_Bytewise(), _POSTGRES)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, kept as sortable ISO 8601 text: SQLite has no type for it."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else datetime.fromisoformat(value)


@compiles(_Bytewise, _POSTGRES)
@compiles(Instant, _POSTGRES)
def _bytewise(_type: object, _compiler: object, **_kw: object) -> str:
    """Say so where a column is made, and nowhere else: values have the order of what they meet."""
    return 'TEXT COLLATE "C"'


def added(column: ColumnElement[int]) -> ColumnElement[int]:
    """Add up a column; PostgreSQL would make a decimal number of it."""
    return cast(func.sum(column), BigInteger)


class _Member(FunctionElement[str]):
    """A member of a JSON object as text: arrays as JSON, null as NULL."""

    inherit_cache = True
    type = Text()


class _IsFalse(FunctionElement[bool]):
    """Whether a member of a JSON object is false."""

    inherit_cache = True
    type = Boolean()


class _Place(FunctionElement[int]):
    """Where a text begins in another one, from 1 on; 0 for nowhere."""

    inherit_cache = True
    type = Integer()


class _Seconds(FunctionElement[float]):
    """How long it is from one instant to another."""

    inherit_cache = True
    type = Float()


def member(column: ColumnElement[Any], name: str) -> ColumnElement[str]:
    """Return a text, or an array as JSON, out of a column that holds a JSON object."""
    return _Member(column, literal(name))


def is_false(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Say whether a member of a column that holds a JSON object is false."""
    return _IsFalse(column, literal(name))


def place_in(text: ColumnElement[str], part: ColumnElement[str]) -> ColumnElement[int]:
    """Return where a text begins in another one, from 1 on; 0 for nowhere."""
    return _Place(text, part)


def seconds_between(
    start: ColumnElement[datetime], end: ColumnElement[datetime]
) -> ColumnElement[float]:
    """Return how long it is from one instant to another."""
    return _Seconds(start, end)


def _pair(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> tuple[str, str]:  # noqa: ANN401 (SQLAlchemy's)
    first, second = element.clauses
    return compiler.process(first, **kw), compiler.process(second, **kw)


@compiles(_Member, "sqlite")
def _member_sqlite(element: _Member, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return "json_extract({}, '$.' || {})".format(*_pair(element, compiler, **kw))


@compiles(_Member, _POSTGRES)
def _member_postgres(element: _Member, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return "(CAST({} AS JSON) ->> {})".format(*_pair(element, compiler, **kw))


@compiles(_IsFalse, "sqlite")
def _is_false_sqlite(element: _IsFalse, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return "(json_extract({}, '$.' || {}) = 0)".format(*_pair(element, compiler, **kw))


@compiles(_IsFalse, _POSTGRES)
def _is_false_postgres(element: _IsFalse, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return "((CAST({} AS JSON) ->> {}) = 'false')".format(*_pair(element, compiler, **kw))


@compiles(_Place, "sqlite")
def _place_sqlite(element: _Place, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return "instr({}, {})".format(*_pair(element, compiler, **kw))


@compiles(_Place, _POSTGRES)
def _place_postgres(element: _Place, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return "strpos({}, {})".format(*_pair(element, compiler, **kw))


@compiles(_Seconds, "sqlite")
def _seconds_sqlite(element: _Seconds, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return "(julianday({1}) - julianday({0})) * 86400.0".format(*_pair(element, compiler, **kw))


@compiles(_Seconds, _POSTGRES)
def _seconds_postgres(element: _Seconds, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    start, end = _pair(element, compiler, **kw)
    length = f"CAST({end} AS TIMESTAMPTZ) - CAST({start} AS TIMESTAMPTZ)"
    return f"CAST(EXTRACT(EPOCH FROM {length}) AS DOUBLE PRECISION)"
