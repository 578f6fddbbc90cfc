"""Rows of a table as text and back, for the ledger."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from recordings_pipeline.core.columns import Schema


def row_as_text(schema: Schema, row: Mapping[str, Any]) -> str:
    """Write a row as JSON; instants as ISO 8601."""
    return json.dumps({name: _plain(row.get(name)) for name in schema.names()})


def row_from_text(schema: Schema, text: str) -> dict[str, Any]:
    """Read a row back; columns added since it was written are None."""
    stored = json.loads(text)
    row = {}
    for column in schema.columns:
        value = stored.get(column.name)
        is_instant = column.type == "timestamp" and value is not None
        row[column.name] = datetime.fromisoformat(value) if is_instant else value
    return row


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
