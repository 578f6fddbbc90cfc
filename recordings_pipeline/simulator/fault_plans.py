"""How a plan of misbehaviour is written down: as text, as TOML, as JSON."""

import math
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from recordings_pipeline.simulator.catalogue import CATALOGUE, FAMILIES, NAMES
from recordings_pipeline.simulator.faults import (
    HOWS,
    Act,
    Cut,
    Drip,
    Fault,
    Replace,
    When,
)
from recordings_pipeline.simulator.labels import LABELS

Entry = dict[str, Any]
_MARKS = {":": "share", "/": "every", "@": "numbers"}
_WHEN = ("every", "numbers", "share", "times")
_REPLY = ("status", "body", "content_type", "retry_after", "location")
# Which fields say what happens, by the field that names it.
_ACTS = {"status": _REPLY, "cut": ("cut", "how"), "bytes_per_s": ("bytes_per_s",)}


class BadPlan(ValueError):
    """A fault plan says something that makes no sense."""


def plan_from(text: str) -> tuple[Fault, ...]:
    """Read a plan: the path of a TOML file, or names such as ``late-data,expired-urls:0.05``.

    After a name, ``:0.05`` hits that share of the objects, ``/20`` every twentieth request of a
    route, ``@3`` the third one only.

    Raises:
        BadPlan: A name or number makes no sense; the message says which.
    """
    return plan_of(entries_from(text))


def entries_from(text: str) -> list[Entry]:
    """Return the entries a plan's text stands for; see `plan_from` and `plan_of`.

    Raises:
        BadPlan: The file cannot be read, or a number is none.
    """
    if not text.endswith(".toml"):
        words = (word.strip() for word in text.split(","))
        return [_named(word) for word in words if word]
    try:
        table = tomllib.loads(Path(text).read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadPlan(f"{text}: {error}") from None
    strange = [name for name in table if name != "fault"]
    if strange or "fault" not in table:
        raise BadPlan(f"{text}: a plan is a list of [[fault]]; unknown: {', '.join(strange)}")
    found: list[Entry] = table["fault"]
    return found


def plan_of(entries: object) -> tuple[Fault, ...]:
    """Read a plan from its entries.

    An entry has a ``name`` from the catalogue, or a ``route`` (several with ``|`` between) and
    what happens there: ``status`` (with ``body``, ``content_type``, ``retry_after``,
    ``location``), ``cut`` (a share of the body, or bytes from 1 on; with ``how``: reset, close,
    hang), or ``bytes_per_s``. When it hits is said by ``every``, ``numbers``, ``share`` and
    ``times``.

    Raises:
        BadPlan: An entry makes no sense; the message says which, and what is wrong.
    """
    if not isinstance(entries, list):
        raise BadPlan("a plan is a list of faults")
    return tuple(fault for entry in entries for fault in _faults(entry))


def _named(word: str) -> Entry:
    for mark, field in _MARKS.items():
        name, found, text = word.partition(mark)
        if found:
            value = _number(word, text)
            return {"name": name, field: [value] if field == "numbers" else value}
    return {"name": word}


def _number(word: str, text: str) -> float:
    """Read a number, a whole one as an integer."""
    try:
        number = float(text)
    except ValueError:
        raise BadPlan(f"{word}: {text!r} is not a number") from None
    return int(number) if number.is_integer() else number


def _faults(entry: object) -> Iterable[Fault]:
    if not isinstance(entry, dict):
        raise BadPlan(f"{entry!r} is no fault: it has neither name nor route")
    when = {key: entry[key] for key in _WHEN if key in entry}
    rest = {key: value for key, value in entry.items() if key not in _WHEN}
    if "name" not in rest:
        routes = _routes(rest.pop("route", None))
        act, what = _act(rest)
        label = f"{'|'.join(routes)} {what}"
        return [Fault(label, routes, act, _when(label, When(), when))]
    name = rest.pop("name")
    if name not in NAMES:
        raise BadPlan(f"{name!r} is no fault; use {', '.join(NAMES)}")
    if rest:
        raise BadPlan(f"{name}: unknown: {', '.join(map(str, rest))}")
    found = [CATALOGUE[member] for member in FAMILIES.get(name, (name,))]
    return [replace(fault, when=_when(name, fault.when, when)) for fault in found]


def _routes(value: object) -> tuple[str, ...]:
    if not isinstance(value, str):
        raise BadPlan(f"a fault without a name has a route; this one's is {value!r}")
    routes = tuple(value.split("|"))
    for route in routes:
        if route not in LABELS:
            raise BadPlan(f"{route!r} is no route; use {', '.join(LABELS)}")
    return routes


def _act(entry: Entry) -> tuple[Act, str]:
    """Return what happens, and a word for it."""
    kinds = [kind for kind in _ACTS if kind in entry]
    if len(kinds) != 1:
        raise BadPlan(f"a fault without a name has one of {', '.join(_ACTS)}, not {kinds}")
    strange = [key for key in entry if key not in _ACTS[kinds[0]]]
    if strange:
        raise BadPlan(f"{kinds[0]}: unknown: {', '.join(strange)}")
    if kinds[0] == "cut":
        how = entry.get("how", HOWS[0])
        if how not in HOWS:
            raise BadPlan(f"how: {how!r} is none of {', '.join(HOWS)}")
        return Cut(_real("cut", entry["cut"]), str(how)), f"{how} after {entry['cut']}"
    if kinds[0] == "bytes_per_s":
        rate = _real("bytes_per_s", entry["bytes_per_s"], least=1)
        return Drip(rate), f"{rate:g} bytes/s"
    return _reply(entry), str(entry["status"])


def _reply(entry: Entry) -> Replace:
    status = _whole("status", entry["status"], least=200, most=599)
    headers = {
        header: _header(key, entry[key])
        for key, header in (("retry_after", "Retry-After"), ("location", "Location"))
        if key in entry
    }
    kind = _header("content_type", entry.get("content_type", "application/json"))
    return Replace(status, str(entry.get("body", "")).encode(), kind, headers)


def _header(key: str, value: object) -> str:
    text = str(value)
    if not text.isascii() or not text.isprintable():
        raise BadPlan(f"{key}: {text!r} is no value of a header")
    return text


def _when(name: str, when: When, changes: Entry) -> When:
    """Apply what an entry says; counting replaces what the catalogue says of objects."""
    try:
        if "every" in changes:
            when = replace(when, times=0, every=_whole("every", changes["every"], least=1))
        if "numbers" in changes:
            when = replace(when, times=0, numbers=_numbers(changes["numbers"]))
        if "share" in changes:
            when = replace(when, share=_real("share", changes["share"], most=1))
        if "times" in changes:
            when = replace(when, times=_whole("times", changes["times"]))
    except BadPlan as problem:
        raise BadPlan(f"{name}: {problem}") from None
    return when


def _numbers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not value:
        raise BadPlan(f"numbers: {value!r} is not a list of numbers")
    return tuple(_whole("numbers", number, least=1) for number in value)


def _whole(key: str, value: object, *, least: int = 0, most: int = 10**9) -> int:
    number = _real(key, value, least=least, most=most)
    if number != int(number):
        raise BadPlan(f"{key}: {value!r} is not a whole number")
    return int(number)


def _real(key: str, value: object, *, least: float = 0, most: float = 10**12) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadPlan(f"{key}: {value!r} is not a number")
    if not (math.isfinite(value) and least <= value <= most):
        raise BadPlan(f"{key}: {value!r} is not from {least} to {most}")
    return float(value)
