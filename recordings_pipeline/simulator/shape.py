"""What a world looks like, as one file describes it: how many calls, how long, how odd."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from recordings_pipeline.simulator.traits import TRAITS

BUNDLED = ("plain", "small", "busy", "hostile")
# An id has three bytes for the number of a call within its day.
MOST_CALLS = 1 << 24
_SECONDS = ("median", "spread", "shortest", "longest")
_TABLES = {"seconds", "share", "pinned"}


class BadShape(ValueError):
    """A world's file says something that makes no sense."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A world's proportions.

    Attributes:
        calls_per_day: Conversations of every day, all media.
        median_s: Median length of a call in seconds.
        spread: Standard deviation of the logarithm of that length.
        shortest_s: No call is shorter, unless a trait says so.
        longest_s: No call is longer, unless a trait says so.
        shares: Share of the conversations that have a trait, 0 to 1, by trait.
        pinned: Traits of certain conversations of every day, by their number from 0.
    """

    calls_per_day: int
    median_s: float
    spread: float
    shortest_s: float
    longest_s: float
    shares: Mapping[str, float]
    pinned: Mapping[int, tuple[str, ...]]

    def with_calls(self, calls_per_day: int | None) -> "Shape":
        """Return the same world with another number of calls; None keeps it."""
        if calls_per_day is None:
            return self
        return _checked(replace(self, calls_per_day=calls_per_day))


def shape_named(name: str) -> Shape:
    """Load a bundled world by name, or one from the TOML file at a path.

    Raises:
        BadShape: There is no such world, or its file makes no sense.
    """
    if name in BUNDLED:
        folder = resources.files("recordings_pipeline.simulator") / "worlds"
        return shape_from(tomllib.loads((folder / f"{name}.toml").read_text()))
    try:
        return shape_from(tomllib.loads(Path(name).read_text()))
    except OSError as error:
        known = ", ".join(BUNDLED)
        raise BadShape(f"{name}: {error.strerror}; use a TOML file or one of {known}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadShape(f"{name}: {error}") from None


def shape_from(table: Mapping[str, Any]) -> Shape:
    """Read a world from the tables of its file.

    Raises:
        BadShape: A name or value is wrong; the message says which.
    """
    seconds, shares = table.get("seconds", {}), table.get("share", {})
    strange = [*(table.keys() - {"calls_per_day", *_TABLES}), *(seconds.keys() - {*_SECONDS})]
    strange += [f"share.{name}" for name in shares.keys() - {*TRAITS}]
    if strange:
        raise BadShape(f"unknown: {', '.join(sorted(strange))}; traits are {', '.join(TRAITS)}")
    pinned = _pinned(table.get("pinned", {}))
    missing = [name for name in _SECONDS if name not in seconds]
    if missing or "calls_per_day" not in table:
        raise BadShape(f"missing: {', '.join([*missing, 'calls_per_day'])}")
    return _checked(
        Shape(
            calls_per_day=table["calls_per_day"],
            median_s=seconds["median"],
            spread=seconds["spread"],
            shortest_s=seconds["shortest"],
            longest_s=seconds["longest"],
            shares=MappingProxyType(dict(shares)),
            pinned=MappingProxyType(pinned),
        )
    )


def _pinned(table: Mapping[str, Any]) -> dict[int, tuple[str, ...]]:
    found = {}
    for number, traits in table.items():
        if not number.isdigit() or not isinstance(traits, list) or not {*traits} <= {*TRAITS}:
            raise BadShape(f"pinned.{number}: use the number of a conversation and known traits")
        found[int(number)] = tuple(traits)
    return found


def _checked(shape: Shape) -> Shape:
    numbers = (shape.median_s, shape.spread, shape.shortest_s, shape.longest_s)
    if not all(isinstance(number, int | float) for number in (*numbers, *shape.shares.values())):
        raise BadShape("seconds and shares are numbers")
    if not isinstance(shape.calls_per_day, int) or not 1 <= shape.calls_per_day <= MOST_CALLS:
        raise BadShape(f"calls_per_day is {shape.calls_per_day}: 1 to {MOST_CALLS}")
    if not 0 < shape.shortest_s <= shape.median_s <= shape.longest_s:
        raise BadShape("seconds: 0 < shortest <= median <= longest is needed")
    if not all(0 <= share <= 1 for share in shape.shares.values()):
        raise BadShape("a share is 0 to 1")
    return shape
