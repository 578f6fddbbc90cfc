"""An event as a line: canonical, of a closed list of fields, tied to the line before.

Canonical JSON has sorted keys, no spaces and ASCII only, so that an event has one text. Each line
holds in `chain` the SHA-256 of the chain of the line before, followed by its own text without
`chain`: nobody can change, drop, add or move a line and leave the next one as it is. Anybody can
follow that with a JSON parser and `sha256sum`.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

VERSION = 1
GENESIS = "0" * 64
FIELDS = frozenset(
    {
        "action",
        "actor",
        "conversation_id",
        "day",
        "event_id",
        "event_time",
        "object_id",
        "outcome",
        "reason",
        "run_id",
        "seq",
        "sha256",
        "size_bytes",
    }
)
# `action` and `actor` sort before `chain`, and what they hold is plain: no quotes, no escapes.
_BEFORE_CHAIN = re.compile(rb'\{"action":"[^"\\]*",(?:"actor":"[^"\\]*",|(?!"actor"))')
_CHAIN = re.compile(rb'(?<=",)"chain":"([0-9a-f]{64})",', re.ASCII)
# A net and not the defence: our own reasons hold none of these.
_PERSONAL = re.compile(
    r"(?:tel|sips?|mailto):\S+|[a-z][a-z0-9.-]*://\S*|\S+@\S+|\+\d[\d() /-]{5,}", re.IGNORECASE
)
_SEQ = re.compile(rb'"seq":([0-9]{1,18})[,}]', re.ASCII)
_REMOVED = "(removed)"


def event_body(event: Mapping[str, Any]) -> bytes:
    """Return an event's canonical text, without its place in the chain.

    What is null or empty is left out. An address or a number in a reason is replaced, whoever wrote
    it there.

    Raises:
        ValueError: It has a field that no event has: nobody has thought about what is in it.
    """
    if unknown := event.keys() - FIELDS:
        raise ValueError(f"no field of an event: {', '.join(sorted(unknown))}")
    plain = {name: _plain(value) for name, value in event.items() if value not in (None, "")}
    if "reason" in plain:
        plain["reason"] = harmless(str(plain["reason"]))
    return _canonical({**plain, "v": VERSION})


def harmless(reason: str) -> str:
    """Return a reason without addresses and numbers that lead to somebody."""
    return _PERSONAL.sub(_REMOVED, reason)


def chained(previous: str, body: bytes) -> tuple[bytes, str]:
    """Return the line of an event, and its chain, which the next one continues.

    Raises:
        ValueError: It is no text of `event_body`.
    """
    chain = _chain(previous, body)
    found = _BEFORE_CHAIN.match(body)
    if found is None:
        raise ValueError("no event: its action, or who did it, is no plain text")
    cut = found.end()
    return b'%s"chain":"%s",%s' % (body[:cut], chain.encode(), body[cut:]), chain


def unchained(line: bytes) -> tuple[bytes, str]:
    """Return an event's canonical text, and the chain that its line holds; empty for none."""
    found = _CHAIN.search(line)
    if found is None:
        return line, ""
    return line[: found.start()] + line[found.end() :], found[1].decode()


def continues(previous: str, line: bytes) -> bool:
    """Say whether a line is the one after a line with the chain ``previous``."""
    body, chain = unchained(line)
    return chain == _chain(previous, body)


def _chain(previous: str, body: bytes) -> str:
    return hashlib.sha256(previous.encode() + body).hexdigest()


def _plain(value: object) -> object:
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def sealed_bodies(content: bytes) -> dict[int, bytes]:
    """Return a segment's events by their numbers, as canonical text; what is no event is left out.

    Of two with the same number the later one counts: the other layers name both.
    """
    found = {}
    for line in content.splitlines():
        match = _SEQ.search(line)
        if match is not None:
            found[int(match[1])] = unchained(line)[0]
    return found
