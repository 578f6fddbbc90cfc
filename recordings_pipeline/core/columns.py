"""What a column and a table are.

Columns are only ever added, at the end and nullable. Counts and ``*_ms`` are 64-bit: an engine that
sums 32-bit integers in 32 bits wraps in silence. No column is called ``date``: the directory names
add it when a table's folder is read as one data set.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypedDict, Unpack

Type = Literal["string", "strings", "int64", "float64", "bool", "timestamp"]
# A pseudonym is the id of a person, whom the source can name.
Privacy = Literal["none", "pseudonym", "personal"]
# What the end of a name says about its numbers.
UNITS = {
    "_ms": "milliseconds",
    "_bytes": "bytes",
    "_time": "UTC instant",
    "_hz": "hertz",
    "_db": "decibels",
    "_dbfs": "decibels below full scale",
    "_percent": "percent",
    "_per_minute": "per minute",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``timestamp`` is a UTC instant in microseconds, ``strings`` a list.

    Attributes:
        privacy: Whether it holds, or leads to, what a person is called, said or did; chosen for
            each column, as nobody would look for one that was forgotten.
        is_repeated: Whether few distinct values fill the column, so that a dictionary pays.
    """

    name: str
    type: Type
    description: str
    privacy: Privacy
    nullable: bool = True
    is_repeated: bool = False

    @property
    def unit(self) -> str:
        """Return what its numbers count; empty where the name does not say."""
        return next((unit for end, unit in UNITS.items() if self.name.endswith(end)), "")


@dataclass(frozen=True, slots=True)
class Schema:
    """One table: what a row is, and its columns in order.

    Attributes:
        keys: Columns that no two rows share, together; none where rows have no name.
        order: Columns that the rows of a day are sorted by; nulls come first.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that change when a column comes, goes or changes its type."""
        text = " ".join(f"{column.name}:{column.type}" for column in self.columns)
        return sha256(text.encode()).hexdigest()[:8]

    def names(self) -> list[str]:
        return [column.name for column in self.columns]


class _More(TypedDict, total=False):
    nullable: bool
    is_repeated: bool


def plain(name: str, type_: Type, description: str, **more: Unpack[_More]) -> Column:
    """Return a column that is about nobody."""
    return Column(name, type_, description, "none", **more)


def pseudonym(name: str, type_: Type, description: str, **more: Unpack[_More]) -> Column:
    """Return a column with ids of people, whom the source can name."""
    return Column(name, type_, description, "pseudonym", **more)


def personal(name: str, type_: Type, description: str, **more: Unpack[_More]) -> Column:
    """Return a column with names, numbers, or what people said."""
    return Column(name, type_, description, "personal", **more)


def key(name: str, description: str) -> Column:
    """Return a column of ids that every row has."""
    return plain(name, "string", description, nullable=False, is_repeated=True)


CONVERSATION = key("conversation_id", "Conversation, a lower-case UUID")
RECORDING = key("recording_id", "Recording, a lower-case UUID")
