"""Members of the platform's JSON, read strictly: what is missing or of another kind is named.

A message never quotes a payload: it may hold a name, a number or a spoken word.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from recordings_pipeline.core.errors import MalformedPayload, TransientError
from recordings_pipeline.core.layout import is_id

Json = Mapping[str, Any]
_UNHOLDABLE = re.compile(rb"\\u([dD][89a-fA-F]|0000)")
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*[{\[\"tfn0-9-]")
_MOST = 10**9


@dataclass(eq=False)
class NotJson(TransientError):
    """Somebody on the way answered in place of the server, again and again.

    Attributes:
        content_type: What came; empty for nothing that can be told.
    """

    route: str
    content_type: str
    size_bytes: int
    correlation_id: str = ""

    def __str__(self) -> str:
        size = f"{self.size_bytes} bytes"
        came = f"{self.content_type} of {size}" if self.content_type else f"{size} of no known type"
        return (
            f"{self.route}: {came} came instead of JSON, again and again: look for a proxy on the "
            f"way (correlation id {self.correlation_id or 'none'})"
        )


def parsed(body: bytes, what: str) -> Any:  # noqa: ANN401 (JSON is whatever it is)
    """Decode a JSON body, which is UTF-8 (RFC 8259, section 8.1).

    Halves of surrogate pairs, which JSON can escape and nothing else can hold, become ``?``, and
    so does NUL, which PostgreSQL cannot hold.

    Raises:
        MalformedPayload: The body is not JSON; its text is not part of the message.
    """
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
        return _holdable(value) if _UNHOLDABLE.search(body) else value
    except (ValueError, RecursionError):
        raise MalformedPayload(what, "is not valid JSON") from None


def looks_like_json(body: bytes) -> bool:
    """Say whether a body begins as JSON does; what somebody else's page does not.

    Whether it is JSON to its end is for `parsed` to say: to read a page of a thousand
    conversations twice would take a fifth of a second more.
    """
    return _BEGINNING.match(body) is not None


def mapping(value: object, what: str) -> Json:
    """Return a JSON object."""
    if not isinstance(value, Mapping):
        raise MalformedPayload(what, "is not an object")
    return value


def items(owner: Json, name: str) -> Iterator[Json]:
    """Yield the objects of a list; an absent list is empty."""
    value = owner.get(name) or []
    if not isinstance(value, list):
        raise MalformedPayload(name, "is not a list")
    for item in value:
        yield mapping(item, name)


def text(owner: Json, name: str, what: str) -> str:
    """Return a text that has to be there."""
    value = owner.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedPayload(what, f"has no {name}")
    return value


def optional_text(owner: Json, name: str) -> str | None:
    """Return a text, or None where there is none; a number is as good as its digits."""
    value = owner.get(name)
    return str(value) if isinstance(value, str | int | float) and value != "" else None


def texts(owner: Json, name: str) -> tuple[str, ...]:
    """Return the texts of a list; what is no list, or no text, is as good as absent."""
    value = owner.get(name)
    found = value if isinstance(value, list) else []
    return tuple(item for item in found if isinstance(item, str))


def count(owner: Json, name: str) -> int:
    """Return a count; 0 for what is none, or more than there can be of anything."""
    value = owner.get(name)
    return value if isinstance(value, int) and 0 <= value <= _MOST else 0


def id_of(owner: Json, name: str, what: str) -> str:
    """Ids become file names: anything but a lower-case UUID is refused."""
    value = text(owner, name, what)
    if not is_id(value):
        raise MalformedPayload(what, f"{name} is not a lower-case UUID")
    return value


def optional_instant(owner: Json, name: str) -> datetime | None:
    """Return an instant, or None where there is none."""
    return instant_of(owner, name, name) if owner.get(name) else None


def instant_of(owner: Json, name: str, what: str) -> datetime:
    """Return an instant with a time zone, in UTC."""
    try:
        instant = datetime.fromisoformat(text(owner, name, what))
        if instant.tzinfo is None:
            raise MalformedPayload(what, f"{name} has no time zone")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):  # before the year 1, or after 9999
        raise MalformedPayload(what, f"{name} is not an instant") from None


def _holdable(value: Any) -> Any:  # noqa: ANN401 (JSON is whatever it is)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "?")
    if isinstance(value, dict):
        return {_holdable(name): _holdable(found) for name, found in value.items()}
    return list(map(_holdable, value)) if isinstance(value, list) else value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
