"""The filter grammar of the details query, decided over a whole day at once.

A segment filter asks whether any segment of a conversation fits; what depends on whole
conversations only is read from the day's columns, the rest conversation by conversation.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import numpy.typing as npt

from recordings_pipeline.simulator.asking import bad
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.columns import QUEUE_COUNT, Columns
from recordings_pipeline.simulator.dimensions import CONVERSATION, SEGMENT
from recordings_pipeline.simulator.site import Site
from recordings_pipeline.simulator.traits import MEDIA

Mask = npt.NDArray[np.bool_]
Json = Mapping[str, Any]
_TYPES = ("and", "or")
_OPERATORS = ("matches", "exists", "notExists")
MOST_PREDICATES = 500


def known_on(site: Site, day: date) -> Mask:
    """Return which of a day's conversations have begun."""
    columns = site.world.columns(day)
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    elapsed_ms = (site.now() - midnight).total_seconds() * 1000
    found: Mask = columns.start_ms <= elapsed_ms
    return found


def open_on(site: Site, day: date) -> Mask:
    """Return which of a day's conversations have not ended."""
    columns = site.world.columns(day)
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    elapsed_ms = (site.now() - midnight).total_seconds() * 1000
    found: Mask = columns.has("open") | (columns.end_ms > elapsed_ms)
    return found


def matching(site: Site, day: date, query: Json) -> Mask:
    """Return which of a day's conversations a query asks for.

    Raises:
        Refusal: The query does not follow the grammar.
    """
    found = known_on(site, day)
    for kind, names in (("segmentFilters", SEGMENT), ("conversationFilters", CONVERSATION)):
        for item in listed(query, kind):
            found = found & _filter(_Day(site, day, names), item)
    return found


def listed(owner: Json, name: str) -> list[Json]:
    """Return a list of objects.

    Raises:
        Refusal: It is something else.
    """
    value = owner.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise bad(f"{name} is not a list of objects.")
    if len(value) > MOST_PREDICATES:
        raise bad(f"{name} is too long.")
    return value


def as_read(item: Json) -> dict[str, Any]:
    """Return what is known of a filter or clause that follows the grammar."""
    names = ("type", "dimension", "operator", "value")
    found: dict[str, Any] = {"type": _type(item)}
    if item.get("predicates"):
        found["predicates"] = [
            {name: one[name] for name in names if one.get(name) is not None}
            for one in listed(item, "predicates")
        ]
    if item.get("clauses"):
        found["clauses"] = [as_read(clause) for clause in listed(item, "clauses")]
    return found


class _Day:
    """One day under one kind of filter."""

    def __init__(self, site: Site, day: date, names: tuple[str, ...]) -> None:
        self.site = site
        self.day = day
        self.names = names
        self.columns: Columns = site.world.columns(day)

    def each(self, test: Callable[[Call], bool]) -> Mask:
        """Ask every conversation: slow, for what no column knows."""
        return np.fromiter(map(test, self.site.world.calls(self.day)), bool, len(self.columns))


def _filter(day: _Day, item: Json) -> Mask:
    kind = _type(item)
    parts = [_predicate(day, predicate) for predicate in listed(item, "predicates")]
    for clause in listed(item, "clauses"):
        inner = [_predicate(day, predicate) for predicate in listed(clause, "predicates")]
        parts.append(_joined(_type(clause), inner, len(day.columns)))
    return _joined(kind, parts, len(day.columns))


def _type(item: Json) -> str:
    kind = item.get("type")
    if kind not in _TYPES:
        raise _invalid(kind, "QueryFilterType", _TYPES)
    return str(kind)


def _joined(kind: str, parts: list[Mask], count: int) -> Mask:
    if not parts:
        return np.ones(count, bool)
    join = np.logical_and if kind == "and" else np.logical_or
    found: Mask = join.reduce(parts)
    return found


def _predicate(day: _Day, predicate: Json) -> Mask:
    dimension, operator = predicate.get("dimension"), predicate.get("operator", "matches")
    if predicate.get("type", "dimension") != "dimension":
        raise bad("Only dimension predicates are simulated.")
    if dimension not in day.names:
        raise _invalid(dimension, "QueryDimension", day.names)
    if operator not in _OPERATORS:
        raise _invalid(operator, "QueryOperator", _OPERATORS)
    value = predicate.get("value")
    if operator == "matches" and value is None:
        raise bad("A predicate that matches needs a value.")
    if value is not None and not isinstance(value, str):
        raise bad("The value of a predicate is a text.")
    present = _mask(day, str(dimension), str(value) if operator == "matches" else None)
    return ~present if operator == "notExists" else present


def _mask(day: _Day, dimension: str, value: str | None) -> Mask:
    """Return who has a dimension, or has it with a value."""
    columns = day.columns
    flags: dict[str, Callable[[], Mask]] = {
        "recording": lambda: columns.is_recorded,
        "snippetRecording": lambda: columns.is_recorded & columns.has("snippet"),
        "screenRecording": lambda: columns.is_recorded & columns.has("screen"),
        "conversationEnd": lambda: ~open_on(day.site, day.day),
        "conversationStart": lambda: np.ones(len(columns), bool),
    }
    if dimension in flags:
        found = flags[dimension]()
        return ~found if value == "false" else found
    if dimension in ("mediaType", "queueId", "direction"):
        return np.ones(len(columns), bool) if value is None else _column(day, dimension, value)
    if value is not None and dimension == "conversationId":
        call = day.site.world.find(value)
        found = np.zeros(len(columns), bool)
        if call is not None and call.day == day.day and call.conversation_id == value:
            found[call.index] = True
        return found
    return day.each(lambda call: _fits(call, dimension, value))


def _column(day: _Day, dimension: str, value: str) -> Mask:
    """Compare what a column knows, so that the usual filters cost nothing."""
    columns, nobody = day.columns, np.zeros(len(day.columns), bool)
    if dimension == "queueId":
        numbers = (n for n in range(QUEUE_COUNT) if day.site.name("queue", n) == value)
        return next((columns.queue == n for n in numbers), nobody)
    if dimension == "direction":
        outbound = columns.has("outbound")
        return {"outbound": outbound, "inbound": ~outbound}.get(value, nobody)
    if value == "voice":
        return columns.is_voice
    return columns.has(value) if value in MEDIA else nobody


def _fits(call: Call, dimension: str, value: str | None) -> bool:
    values = _values(call, dimension)
    return bool(values) if value is None else value in values


def _values(call: Call, dimension: str) -> set[str]:
    """Return what a conversation has of a dimension; nothing for what is not simulated."""
    segments = [segment for leg in call.legs for segment in leg.segments]
    is_call = call.media == "voice"
    known: dict[str, Callable[[], set[str]]] = {
        "userId": lambda: {leg.user_id for leg in call.legs if leg.user_id},
        "purpose": lambda: {leg.purpose for leg in call.legs},
        "originatingDirection": lambda: {"outbound" if call.has("outbound") else "inbound"},
        "ani": lambda: {call.ani} if is_call else set(),
        "dnis": lambda: {call.dnis} if is_call else set(),
        "sessionDnis": lambda: {call.dnis} if is_call else set(),
        "segmentType": lambda: {segment.kind for segment in segments},
        "disconnectType": lambda: {segment.ending for segment in segments if segment.ending},
        "conference": lambda: {str(segment.is_conference).lower() for segment in segments},
        "wrapUpCode": lambda: {leg.wrap_up for leg in call.legs if leg.wrap_up},
        "segmentEnd": lambda: set() if call.end is None else {"ended"},
        "provider": lambda: {"Edge"},
        "conversationId": lambda: {call.conversation_id},
        "divisionId": lambda: {call.division_id},
    }
    return known[dimension]() if dimension in known else set()


def _invalid(value: object, field: str, allowed: tuple[str, ...]) -> Exception:
    shown = str(value)[:60] if value is not None else ""
    return bad(
        f"Value [{shown}] is not valid for field type [{field}]. "
        f"Allowable values are: {', '.join(allowed)}",
        "invalid.value",
    )
