"""One fault of the table: what goes wrong, how it is played, how it has to end."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.scene import Scene

Play = Callable[[Scene], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A fault that is played here, and after which every invariant is judged.

    Attributes:
        number: Its number.
        name: What goes wrong.
        how: How it is played.
        play: Plays it.
        ends: How each run ends: recordings by outcome, or ``fails``.
        told: What a person reads, in part; empty when nobody has to be told.
        breaks: Invariants that are broken on purpose, and found to be.
        is_slow: Whether it takes more than a second.
    """

    number: str
    name: str
    how: str
    play: Play
    ends: tuple[str, ...]
    told: str = ""
    breaks: frozenset[str] = frozenset()
    is_slow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A fault that other tests show already.

    Attributes:
        tests: Each as ``file::function``, or ``file::function[case]`` of a table.
        ends: What happens.
    """

    number: str
    name: str
    tests: tuple[str, ...]
    ends: str
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A fault without a test, and why."""

    number: str
    name: str
    why: str


Fault = Played | Shown | Left
_HOSTILE = "hostile/test_hostile_servers", "test_a_recording_ends_as_the_table_says"


def of(file: str, *names: str) -> tuple[str, ...]:
    """Return tests of a file below ``tests/``."""
    return tuple(f"tests/{file}.py::{name}" for name in names)


def hostile(*cases: str) -> tuple[str, ...]:
    """Return cases of the table of hostile media hosts."""
    file, name = _HOSTILE
    return of(file, *(f"{name}[{case}]" for case in cases))
