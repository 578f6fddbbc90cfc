"""The audit log as a table for analysts."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.columns import Schema, plain
from recordings_pipeline.core.days import Day

EXPORT_AUDIT = Schema(
    "export_audit",
    "One row per sealed audit event of the day; one of no day is with the day it happened on.",
    (
        plain("seq", "int64", "Number in the ledger: grows, and may skip some", nullable=False),
        plain("event_id", "string", "Object, attempt and action", nullable=False),
        plain("event_time", "timestamp", "When it happened", nullable=False),
        plain("action", "string", "What happened", nullable=False, is_repeated=True),
        plain("object_id", "string", "What it happened to", nullable=False, is_repeated=True),
        plain("recording_id", "string", "Recording that it is about", is_repeated=True),
        plain("conversation_id", "string", "Conversation that it is about", is_repeated=True),
        plain("result", "string", "How it ended", nullable=False, is_repeated=True),
        plain("reason", "string", "Why, where that does not say it all", is_repeated=True),
        plain("size_bytes", "int64", "Size of the files it is about"),
        plain(
            "sha256",
            "string",
            "SHA-256 of the file; of several, over theirs in hexadecimal, a line each",
        ),
        plain("run_id", "string", "Events of one process have the same", is_repeated=True),
        plain("segment", "int64", "Segment of the audit log that holds it", nullable=False),
    ),
    keys=("event_id",),
    order=("seq",),
)
_SAME = ("seq", "event_id", "action", "object_id", "conversation_id", "reason", "size_bytes")
# Keys are sorted and quotes in values are escaped: the first match is the field itself.
_DAY = re.compile(rb'"day":"(\d{4}-\d\d-\d\d)"|"event_time":"(\d{4}-\d\d-\d\d)', re.ASCII)
_ABOUT_RECORDINGS = ("recording.", "incoming.")


def day_of_line(line: bytes) -> Day | None:
    """Return the day whose table has an event; None for a line that is no event."""
    found = _DAY.search(line)
    try:
        return Day.from_key((found[1] or found[2]).decode()) if found else None
    except ValueError:
        return None


def row_of(line: bytes, segment: int) -> dict[str, Any]:
    """Return the row of an event."""
    event = json.loads(line)
    return {
        **{name: event.get(name) for name in _SAME},
        "event_time": datetime.fromisoformat(event["event_time"]),
        "recording_id": recording_of(event),
        "result": event["outcome"],
        "sha256": event.get("sha256"),
        "run_id": event.get("run_id"),
        "segment": segment,
    }


def recording_of(event: Mapping[str, Any]) -> str | None:
    """Return the recording that an event is about; None for none."""
    id_ = str(event["object_id"])
    is_one = event["action"].startswith(_ABOUT_RECORDINGS) and layout.is_id(id_)
    return id_ if is_one else None
