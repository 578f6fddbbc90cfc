"""Members of the platform's JSON, read strictly: what is missing or of another kind is named.

A message never quotes a payload: it may hold a name, a number or a spoken word.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.layout import is_id

Json = Mapping[str, Any]


def parsed(body: bytes, what: str) -> Any:  # noqa: ANN401 (JSON is whatever it is)
    """Decode a JSON body.

    Raises:
        MalformedPayload: The body is not JSON; its text is not part of the message.
    """
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise MalformedPayload(what, "is not valid JSON") from None


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
    except ValueError:
        raise MalformedPayload(what, f"{name} is not an instant") from None
    if instant.tzinfo is None:
        raise MalformedPayload(what, f"{name} has no time zone")
    return instant.astimezone(UTC)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
