"""Paths in DuckDB's SQL, where a string is a glob."""

from pathlib import Path


def literal(path: Path) -> str:
    """Return the glob that means one path: what a glob would take for its own is in brackets."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def quoted(text: str) -> str:
    """Return a text as a string of SQL."""
    return "'" + text.replace("'", "''") + "'"
