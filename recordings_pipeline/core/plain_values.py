"""Values of a table as text: for a person, for a spreadsheet, and for a program.

What callers said is in there, and some say what terminals and spreadsheets would obey. A person
and a spreadsheet get it made harmless; a program gets every value as it is.
"""

import json
from datetime import datetime
from typing import Any

from recordings_pipeline.core.interchange.text import one_line

# A cell that begins so is a formula; an apostrophe before it makes it a text.
_FORMULA = ("=", "+", "-", "@")
_MOST_DIGITS = 3


def shown(value: object) -> str:
    """Return a value as a person reads it, on one line and without commands; null is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.{_MOST_DIGITS}f}".rstrip("0").removesuffix(".")
    if isinstance(value, datetime):
        return value.isoformat(" ", "milliseconds").replace("+00:00", "Z")
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(shown, value)) + "]"
    return one_line(str(value))


def cell(value: object) -> str:
    """Return a value as a cell of CSV that no spreadsheet takes for a formula; null is empty."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return repr(value)
    text = shown(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def json_line(names: tuple[str, ...], row: tuple[Any, ...]) -> str:
    """Return a row as a line of JSON, exact, and in ASCII, which no terminal obeys."""
    return json.dumps(dict(zip(names, row, strict=True)), default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
