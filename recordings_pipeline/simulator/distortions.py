"""Ways in which a JSON answer can be wrong, or new, or hostile."""

import json
import math
import time
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from recordings_pipeline.simulator.signing import signed

Json = Any
HOSTILE_IDS = (
    "../../../etc/passwd",
    "/etc/cron.d/x",
    "a\u0000b",
    "CON",
    "\u202eabc",
    "\ud800",
    "x" * 300,
    "00000000-0000-4000-8000-00000000000G",
)
_ENUMS = ("fileState", "media", "mediaSubtype", "purpose", "segmentType", "disconnectType", "state")
_LISTS = ("conversations", "results", "entities")
_IDS = ("id", "recordingId", "conversationId", "sessionId", "communicationId")
_LINKS = ("resultUrl", "url", "mediaUri")
_DEPTH = 100_000


def distorted(how: str, payload: Json) -> bytes | None:
    """Return an answer's body changed in a named way; None where there is nothing to change."""
    if how == "malformed":
        return json.dumps(payload).encode()[:-1] + b",}"
    if how == "deep":
        return b"[" * _DEPTH + b"]" * _DEPTH
    changed = _CHANGES[how](payload)
    return None if changed == payload else json.dumps(changed, separators=(",", ":")).encode()


def _unknown_enums(payload: Json) -> Json:
    """Put words of a future version where the platform has a fixed list."""
    return _each(
        payload,
        lambda key, value: "FROZEN" if key in _ENUMS and isinstance(value, str) else value,
    )


def _unknown_fields(payload: Json) -> Json:
    if isinstance(payload, dict):
        return {**{k: _unknown_fields(v) for k, v in payload.items()}, "futureField": {"a": [1]}}
    return [_unknown_fields(item) for item in payload] if isinstance(payload, list) else payload


def _nulls(payload: Json) -> Json:
    """Make every optional text null: what the official SDK fails on."""
    kept = {"conversationId", "recordingId", "id", "jobId", "conversationStart", "url", "resultUrl"}
    return _each(
        payload, lambda key, value: None if isinstance(value, str) and key not in kept else value
    )


def _hostile_ids(payload: Json) -> Json:
    """Replace one id of each kind by a text that is no id; which text, the id decides."""
    hit: set[str] = set()

    def change(key: str, value: Json) -> Json:
        if key not in _IDS or key in hit or not isinstance(value, str):
            return value
        hit.add(key)
        return HOSTILE_IDS[zlib.crc32(value.encode()) % len(HOSTILE_IDS)]

    return _each(payload, change)


def _duplicates(payload: Json) -> Json:
    """Repeat the first entry of a page at its end."""
    return _lists(payload, lambda items: [*items, *items[:1]])


def _short_page(payload: Json) -> Json:
    """Leave the last entry of a page out, though it was counted."""
    return _lists(payload, lambda items: items[:-1])


def _batch_errors(payload: Json) -> Json:
    """Turn every third result into an error."""

    def spoil(items: list[Json]) -> list[Json]:
        return [
            {k: v for k, v in item.items() if k not in ("resultUrl", "contentType")}
            | {"errorMsg": "Failed to process."}
            if number % 3 == 2
            else item
            for number, item in enumerate(items)
        ]

    return _lists(payload, spoil)


def _no_status(payload: Json) -> Json:
    """Answer as the platform did before it had the member."""
    return {key: value for key, value in payload.items() if key != "status"}


def _foreign_urls(payload: Json) -> Json:
    """Point every link to an address nobody should call."""
    bad = "http://169.254.169.254/latest/meta-data/"
    return _each(payload, lambda key, value: bad if key in _LINKS else value)


def _expired_urls(payload: Json) -> Json:
    """Sign every link until a second ago."""
    return _each(payload, lambda key, value: _until(key, value, math.floor(time.time()) - 1))


def _early_urls(payload: Json) -> Json:
    """Sign every link for one to two seconds."""
    return _each(payload, lambda key, value: _until(key, value, math.ceil(time.time()) + 1))


def _until(key: str, value: Json, expires: int) -> Json:
    if key not in _LINKS or not isinstance(value, str):
        return value
    link = urlsplit(value)
    return signed(f"{link.scheme}://{link.netloc}", link.path, expires)


def _each(payload: Json, change: Callable[[str, Json], Json], key: str = "") -> Json:
    """Rebuild a payload, passing every leaf with its key through a function."""
    if isinstance(payload, dict):
        return {name: _each(value, change, name) for name, value in payload.items()}
    if isinstance(payload, list):
        return [_each(item, change, key) for item in payload]
    return change(key, payload)


def _lists(payload: Json, change: Callable[[list[Json]], list[Json]]) -> Json:
    if not isinstance(payload, dict):
        return payload
    return {k: change(v) if k in _LISTS and isinstance(v, list) else v for k, v in payload.items()}


_CHANGES: dict[str, Callable[[Json], Json]] = {
    "unknown_enums": _unknown_enums,
    "unknown_fields": _unknown_fields,
    "nulls": _nulls,
    "hostile_ids": _hostile_ids,
    "duplicates": _duplicates,
    "short_page": _short_page,
    "batch_errors": _batch_errors,
    "no_status": _no_status,
    "foreign_urls": _foreign_urls,
    "expired_urls": _expired_urls,
    "early_urls": _early_urls,
}
