"""Members of a transcript file, read leniently: what is of another kind is counted, not raised.

What is counted goes by its path within the file and what is the matter with it, such as
``transcripts[].phrases[].offset: negative``. A path never quotes a value.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

Json = Mapping[str, Any]

# Epoch milliseconds of the years 1990 to 2100; what lies outside is of another unit.
_EPOCHS_MS = range(631_152_000_000, 4_102_444_800_000)
# A week: no recording is longer, and offsets beyond it are of another clock.
MOST_MS = 604_800_000
MOST_CHARACTERS = 1_000_000
_MOST_PATHS = 100
_NAME = re.compile(r"[A-Za-z0-9_]{1,40}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
OTHER_TYPE = "of another type"
OUT_OF_RANGE = "out of range"
NEGATIVE = "negative"


class Drift:
    """Counts what could not be understood, by path."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._new: set[str] = set()

    def note(self, path: str, problem: str, count: int = 1) -> None:
        """Count something; the number of paths is bounded, the count is not."""
        key = f"{path}: {problem}"
        if key not in self._counts and len(self._counts) >= _MOST_PATHS:
            key = "more paths: not listed"
        self._counts[key] += count

    def note_new(self, item: Json, known: AbstractSet[str], path: str) -> None:
        """Count members nobody has described, each once a file."""
        if known >= item.keys():
            return
        for name in item.keys() - known:
            shown = name if _NAME.fullmatch(name) else "?"
            member = f"{path}.{shown}" if path else shown
            if member not in self._new and len(self._new) < _MOST_PATHS:
                self._new.add(member)
                self.note(member, "new member")

    def taken(self) -> tuple[tuple[str, int], ...]:
        """Return what was counted, ordered by path."""
        return tuple(sorted(self._counts.items()))


class Members:
    """One object of the file, and where it lies in it."""

    def __init__(self, item: Json, path: str, drift: Drift) -> None:
        self.item = item
        self.path = path
        self.drift = drift

    def text(self, name: str) -> str:
        """Return a text that Parquet can hold; empty when there is none."""
        value = self.item.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.note(name, OTHER_TYPE)
            return ""
        if len(value) > MOST_CHARACTERS:
            self.note(name, "too long")
            value = value[:MOST_CHARACTERS]
        if not value.isascii() and _SURROGATE.search(value):
            self.note(name, "half a character")
            value = _SURROGATE.sub("\ufffd", value)
        return value

    def number(self, name: str) -> float | int | None:
        value = self.item.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.note(name, OTHER_TYPE)
            return None
        if isinstance(value, float) and not math.isfinite(value):
            self.note(name, OUT_OF_RANGE)
            return None
        return value

    def between(self, name: str, least: float, most: float) -> float | None:
        """Return a number of a range; None for another one."""
        value = self.number(name)
        if value is None:
            return None
        if not least <= value <= most:
            self.note(name, OUT_OF_RANGE)
            return None
        return float(value)

    def whole(self, name: str) -> int | None:
        """Return a count or an index: whole, and at least 0."""
        value = self.number(name)
        if value is None:
            return None
        if not 0 <= value <= MOST_MS:
            self.note(name, OUT_OF_RANGE)
            return None
        return int(value)

    def epoch_ms(self, name: str) -> int | None:
        value = self.number(name)
        if value is None:
            return None
        if int(value) not in _EPOCHS_MS:
            self.note(name, OUT_OF_RANGE)
            return None
        return int(value)

    def span_ms(self, name: str) -> int | None:
        """Return ``name.milliseconds``, else ``nameMs``, else ``name`` as a plain number.

        It may be negative.
        """
        value = self.item.get(name)
        if isinstance(value, Mapping):
            path = f"{self.path}.{name}" if self.path else name
            return Members(value, path, self.drift).milliseconds("milliseconds")
        plain = f"{name}Ms"
        return self.milliseconds(plain if value is None else name)

    def milliseconds(self, name: str) -> int | None:
        value = self.number(name)
        if value is None:
            return None
        if not -MOST_MS <= value <= MOST_MS:
            self.note(name, OUT_OF_RANGE)
            return None
        return int(value)

    def entries(self, name: str, most: int) -> Iterator["Members"]:
        """Yield the objects of a list; what is no object, or too many, is counted."""
        value = self.item.get(name)
        path = f"{self.path}.{name}[]" if self.path else f"{name}[]"
        if value is None:
            return
        if not isinstance(value, list):
            self.note(name, OTHER_TYPE)
            return
        for item in value[:most]:
            if isinstance(item, Mapping):
                yield Members(item, path, self.drift)
            else:
                self.drift.note(path, OTHER_TYPE)
        if len(value) > most:
            self.drift.note(path, "too many", len(value) - most)

    def note(self, name: str, problem: str) -> None:
        self.drift.note(f"{self.path}.{name}" if self.path else name, problem)

    def lost(self, problem: str) -> None:
        """Count this object as one that could not be read."""
        self.drift.note(self.path, problem)
