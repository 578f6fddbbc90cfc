"""The audit log read by somebody who does not trust it."""

import json
from collections.abc import Iterator
from pathlib import Path

from recordings_pipeline.core.invariants.history import Event, event_from


def events_of_log(path: Path) -> Iterator[Event | None]:
    """Yield an event a line, None for a line that is none; nothing without a log."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        for line in file:
            yield _event(line)


def _event(line: bytes) -> Event | None:
    try:
        return event_from(json.loads(line))
    except (ValueError, KeyError, TypeError):
        return None
