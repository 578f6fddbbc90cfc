"""A question as an endpoint gets it, and what it may answer."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs

from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.ids import is_uuid
from recordings_pipeline.simulator.site import Hit, Site

Json = Any
CONTEXT_ID = "00000000-0000-4000-8000-00000000c0de"


class Refusal(Exception):
    """What the platform answers with one of its error bodies."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> dict[str, Json]:
        return {
            "message": self.message,
            "code": self.code,
            "status": self.status,
            "contextId": CONTEXT_ID,
            "details": [],
            "errors": [],
        }


def bad(message: str, code: str = "bad.request") -> Refusal:
    """Return a 400."""
    return Refusal(400, code, message)


def missing(what: str, code: str = "not.found") -> Refusal:
    """Return a 404."""
    return Refusal(404, code, f"The requested {what} was not found.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answers.

    Attributes:
        payload: Sent as JSON; None for an empty body.
    """

    payload: Json = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that has passed the gate: token, allowance and permissions are in order.

    Attributes:
        ids: Path parameters by name.
        query: Raw query string.
        raw: Request body.
        client: Whom the token belongs to.
        hit: What is to go wrong; most kinds are acted out after the endpoint has answered.
    """

    site: Site
    ids: Mapping[str, str]
    query: str
    raw: bytes
    client: str
    token: str
    hit: Hit | None

    def suffers(self, what: str) -> bool:
        """Say whether the endpoint itself has to misbehave in a named way; it then counts.

        Ask only when it makes a difference.
        """
        return self.hit is not None and self.hit.suffers(what)

    def may(self, permission: str) -> bool:
        """Say whether whoever asks has a permission that changes what there is to see."""
        return permission in self.site.clients[self.client].permissions

    @property
    def body(self) -> dict[str, Json]:
        """The JSON object that was sent.

        Raises:
            Refusal: It is none.
        """
        try:
            found = json.loads(self.raw)
        except (ValueError, RecursionError):
            raise bad("The request body is not valid JSON.") from None
        if not isinstance(found, dict):
            raise bad("The request body is not an object.")
        return found

    def text(self, name: str) -> str | None:
        """Return a query parameter; None when it is not given."""
        values = parse_qs(self.query, keep_blank_values=True).get(name)
        return values[-1] if values else None

    def texts(self, name: str) -> list[str]:
        """Return every value of a repeated query parameter."""
        return parse_qs(self.query, keep_blank_values=True).get(name, [])

    def integer(self, name: str, default: int, *, most: int, least: int = 1) -> int:
        """Return a query parameter within limits.

        Raises:
            Refusal: It is no such number.
        """
        text = self.text(name)
        return default if text is None else whole(name, text, most=most, least=least)

    def uuid(self, name: str) -> str:
        """Return a path parameter that has to be a UUID.

        Raises:
            Refusal: It is none.
        """
        value = self.ids[name]
        if not is_uuid(value):
            raise bad(f"{value[:60]} is not a valid UUID.")
        return value

    def call(self, name: str = "conversation") -> Call:
        """Return the conversation a path parameter names.

        Raises:
            Refusal: There is none, or it has not begun.
        """
        call = self.site.world.find(self.uuid(name))
        if call is None or call.conversation_id != self.ids[name] or not self.site.is_known(call):
            raise missing("conversation", "conversation.not.found")
        return call


Handler = Callable[[Ask], Answer]


def whole(name: str, value: object, *, most: int, least: int = 1) -> int:
    """Read a whole number within limits from text or JSON.

    Raises:
        Refusal: It is no such number.
    """
    number = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and len(value) < 12 and value.isascii() and value.isdigit():
        number = int(value)
    if number is None or not least <= number <= most:
        raise bad(f"{name} is not a number from {least} to {most}.")
    return number


def instant_of(name: str, value: object) -> datetime:
    """Read an instant with a time zone.

    Raises:
        Refusal: It is none, or lies outside the years anybody records calls in.
    """
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None:
        raise bad(f"{name} is not an ISO-8601 instant.", "invalid.date")
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if not date(1970, 1, 2) <= found.date() <= date(2090, 1, 1):
        raise bad(f"{name} is out of range.", "invalid.date")
    return found.astimezone(UTC)


def instant(moment: datetime) -> str:
    """Write an instant as the platform does: milliseconds and Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def page_of(items: list[Json], ask: Ask, *, size: int = 25, most: int = 500) -> dict[str, Json]:
    """Return one page of a listing with page numbers."""
    size = ask.integer("pageSize", size, most=most)
    number = ask.integer("pageNumber", 1, most=1_000_000)
    return {
        "entities": items[(number - 1) * size : number * size],
        "pageSize": size,
        "pageNumber": number,
        "total": len(items),
        "pageCount": -(-len(items) // size),
    }
