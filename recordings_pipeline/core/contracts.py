"""What every row of a table keeps to, as conditions that a broken row meets.

Conditions are SQL over the table ``t``; DuckDB finds what breaks them in a file of any size.
A contract is about what we promise, so that hostile data of the source never stops a day: parsers
have to bring them into shape. What only compares two sources that we did not make, such as a
transcript with the sound, is told and stops nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from recordings_pipeline.core.audit.schema import EXPORT_AUDIT
from recordings_pipeline.core.columns import Column, Schema
from recordings_pipeline.core.errors import PermanentError
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.schemas import RECORDING_INDEX, RESCUE_LIST
from recordings_pipeline.core.voice.verdicts import NEXT_STEPS

MOST_ROWS = 10
# When a row may end at the latest, by the length of its sound: what `trust` lets lengths differ by.
LATEST_END = "ms + 2_000 + 0.05 * ms"
_NOT_NEGATIVE = ("_ms", "_bytes", "_count", "_index", "_number", "_ratio", "_percent", "_minute")
_SIGNED = frozenset({"shift_ms"})
_FRACTIONS = frozenset({"confidence", "stability", "agreement", "swapped_agreement"})
_SIDES = ("internal", "external")
_SOURCES = ("transcript", "audio", "conversation", "recording")
_ONE_OF = {
    "side": _SIDES,
    "source": _SOURCES,
    "ending": ("archived", "deleted"),
    "outcome": tuple(str(outcome) for outcome in Outcome),
    "verdict": ("agrees", *NEXT_STEPS, "unsure"),
}
_HEARD = frozenset({"voice_activity"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise about each row.

    Attributes:
        name: The promise, as a half sentence that is true of every good row.
        broken: The condition that a row meets which breaks it; null counts as kept.
    """

    name: str
    broken: str


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that rows of a table do not keep.

    Attributes:
        rows: Some of the rows, named by their ids alone.
        is_blocking: Whether the rows may not be published.
    """

    table: str
    rule: str
    count: int
    rows: tuple[str, ...]
    is_blocking: bool = True

    def __str__(self) -> str:
        named = "; ".join(self.rows)
        more = f"; and {self.count - len(self.rows)} more" if self.count > len(self.rows) else ""
        return f"{self.table}: {self.count} rows break '{self.rule}': {named}{more}"


@dataclass(eq=False)
class ContractBroken(PermanentError):
    """Rows are not what their table promises; the table that was published before stays.

    Attributes:
        violations: A sentence each, which names rows by their ids alone.
    """

    table: str
    day: str
    violations: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.table} of {self.day} was not published, and what was there stays: "
            f"{' | '.join(self.violations)}; report it with these ids: the program did not foresee "
            "what the source sent"
        )


def row_rules(schema: Schema) -> tuple[Rule, ...]:
    """Return what each row of a table keeps to by itself."""
    names = schema.names()
    rules = [rule for column in schema.columns for rule in _column_rules(column)]
    if {"start_ms", "end_ms"} <= set(names):
        rules.append(Rule("end_ms is not before start_ms", "end_ms < start_ms"))
    return tuple(rules)


def order_rule(schema: Schema) -> Rule | None:
    """Return how rows follow one another; None where no order is promised."""
    if not schema.order:
        return None
    row = f"row({', '.join(schema.order)})"
    return Rule(f"sorted by {', '.join(schema.order)}", f"{row} < lag({row}) OVER ()")


def named_by(schema: Schema) -> tuple[str, ...]:
    """Return the columns that say which row is meant; none of them holds what a person said."""
    told = ("conversation_id", "recording_id", "start_ms")
    return schema.keys or tuple(name for name in told if name in schema.names())


def indexed_by(schema: Schema) -> tuple[str, ...]:
    """Return the columns whose values the day's index holds; none where it need not."""
    if schema in (RECORDING_INDEX, RESCUE_LIST, EXPORT_AUDIT):
        return ()
    told = ("recording_id", "conversation_id")
    return tuple(name for name in told if name in schema.names())


def is_timed(schema: Schema) -> bool:
    """Say whether rows end at some time of their recording, and so within its sound."""
    return {"recording_id", "end_ms"} <= set(schema.names())


def is_heard(schema: Schema) -> bool:
    """Say whether the times were measured in the sound itself, and have to lie within it."""
    return schema.name in _HEARD


def _column_rules(column: Column) -> Iterator[Rule]:
    name = column.name
    if not column.nullable:
        yield Rule(f"{name} is not null", f"{name} IS NULL")
    if name.endswith(_NOT_NEGATIVE) and name not in _SIGNED:
        yield Rule(f"{name} is not negative", f"{name} < 0")
    if name in _FRACTIONS or name.endswith("_ratio"):
        yield Rule(f"{name} is between 0 and 1", f"{name} NOT BETWEEN 0 AND 1")
    if name in _ONE_OF:
        values = ", ".join(f"'{value}'" for value in _ONE_OF[name])
        yield Rule(f"{name} is one of {values}", f"{name} NOT IN ({values})")
    if name == "sha256":
        pattern = "[0-9a-f]{64}"
        yield Rule("sha256 is 64 hex digits", f"NOT regexp_full_match(sha256, '{pattern}')")
