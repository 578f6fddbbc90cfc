"""Every misbehaviour by name, and how a plan is written down."""

import gzip
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from recordings_pipeline.simulator.faults import (
    Act,
    Alter,
    Cut,
    Distort,
    Drip,
    Fault,
    Replace,
    Rewrite,
    When,
)

_HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
_SLOW_DOWN = (
    b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)
_NO_KEY = (
    b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
)
_ONCE = When(times=1)
_API, _MEDIA, _LINKS = (
    ("api",),
    ("media",),
    ("poll", "transcripturl", "transcripturls", "recording"),
)
BOMB_BYTES = 256 << 20


class BadPlan(ValueError):
    """A fault plan says something that makes no sense."""


def _platform(status: int, code: str, headers: Mapping[str, str] | None = None) -> Replace:
    body = (
        '{"message": "Simulated failure.", "code": "%s", "status": %d, '
        '"contextId": "00000000-0000-4000-8000-00000000c0de", "details": [], "errors": []}'
    )
    return Replace(status, (body % (code, status)).encode(), headers=headers or {})


@lru_cache(maxsize=1)
def bomb() -> bytes:
    """Return 256 MiB of zeros as 256 kB of gzip."""
    return gzip.compress(bytes(BOMB_BYTES), compresslevel=9, mtime=0)


_TOO_MANY = "too.many.requests.retry.after"
_ACTS: tuple[tuple[str, tuple[str, ...], Act, When], ...] = (
    ("rate-limited", _API, _platform(429, _TOO_MANY, {"Retry-After": "1"}), _ONCE),
    ("rate-limited-date", _API, Alter("retry-after-date"), _ONCE),
    ("rate-limited-bare", _API, _platform(429, "too.many.requests"), _ONCE),
    ("rate-limited-nonsense", _API, _platform(429, _TOO_MANY, {"Retry-After": "soon"}), _ONCE),
    ("rate-limited-for-hours", _API, _platform(429, _TOO_MANY, {"Retry-After": "21600"}), _ONCE),
    ("server-error", _API, _platform(500, "internal.server.error"), _ONCE),
    ("bad-gateway", _API, Replace(502, _HTML, "text/html"), _ONCE),
    ("unavailable", _API, _platform(503, "service.unavailable", {"Retry-After": "1"}), _ONCE),
    ("gateway-timeout", _API, _platform(504, "request.timeout"), _ONCE),
    ("client-timeout", _API, _platform(408, "client.timeout"), _ONCE),
    ("unauthorized", _API, _platform(401, "bad.credentials"), _ONCE),
    ("revoked-tokens", _API, Alter("revoke"), _ONCE),
    ("missing-permission", _API, _platform(403, "missing.any.permissions"), When()),
    ("hang", _API, Cut(0, "hang"), _ONCE),
    ("reset", _API, Cut(0, "reset"), _ONCE),
    ("short-json", _API, Cut(0.5, "close"), _ONCE),
    ("malformed-json", _API, Distort("malformed"), _ONCE),
    ("deep-json", _API, Distort("deep"), _ONCE),
    ("html-200", _API, Replace(200, _HTML, "text/html"), _ONCE),
    ("empty-200", _API, Replace(200, b""), _ONCE),
    ("unknown-enums", _API, Distort("unknown_enums"), When()),
    ("unknown-fields", _API, Distort("unknown_fields"), When()),
    ("nulls", _API, Distort("nulls"), When()),
    ("hostile-ids", _API, Distort("hostile_ids"), When()),
    ("duplicate-pages", ("details", "results"), Distort("duplicates"), When()),
    ("shifting-pages", ("details",), Alter("shift"), When()),
    ("short-pages", ("details",), Distort("short_page"), When()),
    ("login-refused", ("login",), Alter("refuse-login"), When()),
    ("login-error", ("login",), _platform(503, "service.unavailable"), _ONCE),
    ("late-recordings", ("recordingmetadata", "submit", "recordings"), Alter("hide"), _ONCE),
    ("late-transcripts", ("transcripturl", "transcripturls"), Alter("hide"), _ONCE),
    ("batch-errors", ("poll",), Distort("batch_errors"), When()),
    ("batch-stuck", ("poll",), Alter("stuck"), When()),
    ("batch-without-status", ("poll",), Distort("no_status"), When()),
    ("expired-urls", _LINKS, Alter("expired"), _ONCE),
    ("early-expiry", _LINKS, Alter("early"), _ONCE),
    ("foreign-urls", _LINKS, Distort("foreign_urls"), When()),
    ("cut-bodies", _MEDIA, Cut(0.5, "reset"), _ONCE),
    ("early-close", _MEDIA, Cut(0.5, "close"), _ONCE),
    ("stalled-bodies", _MEDIA, Cut(0.5, "hang"), _ONCE),
    ("drip", _MEDIA, Drip(2_000), _ONCE),
    ("slow-down", _MEDIA, Replace(503, _SLOW_DOWN, "application/xml"), _ONCE),
    ("gone", _MEDIA, Replace(404, _NO_KEY, "application/xml"), When()),
    ("ignored-range", _MEDIA, Alter("ignore-range"), When()),
    ("wrong-range", _MEDIA, Alter("wrong-range"), _ONCE),
    ("range-416", _MEDIA, Alter("refuse-range"), _ONCE),
    ("changed-etag", _MEDIA, Alter("change-etag"), When()),
    ("no-etag", _MEDIA, Rewrite({"ETag": None}), When()),
    ("no-length", _MEDIA, Rewrite({"Content-Length": None}), When()),
    ("length-too-long", _MEDIA, Alter("announce-more"), _ONCE),
    ("length-too-short", _MEDIA, Alter("announce-less"), _ONCE),
    ("wrong-type", _MEDIA, Rewrite({"Content-Type": "application/pdf"}), When()),
    ("html-media", _MEDIA, Replace(200, _HTML, "text/html"), When()),
    ("html-as-audio", _MEDIA, Replace(200, _HTML * 40, "audio/wav"), When()),
    ("gzip-bomb", (*_MEDIA, "transcript"), Alter("bomb"), When()),
    ("redirect", _MEDIA, Replace(302, b"", headers={"Location": "http://127.0.0.1:9/"}), When()),
)  # fmt: skip
CATALOGUE: Mapping[str, Fault] = {
    name: Fault(name, routes, act, when) for name, routes, act, when in _ACTS
}
_FAMILIES = {"late-data": ("late-recordings", "late-transcripts")}
NAMES = (*CATALOGUE, *_FAMILIES)


def plan_from(text: str) -> tuple[Fault, ...]:
    """Read a plan: the path of a TOML file, or names such as ``late-data,expired-urls:0.05``.

    After a name, ``:0.05`` hits that share of the objects, ``/20`` every twentieth request of a
    route, ``@3`` the third one only.

    Raises:
        BadPlan: A name or number makes no sense; the message says which.
    """
    if text.endswith(".toml"):
        try:
            table = tomllib.loads(Path(text).read_text())
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadPlan(f"{text}: {error}") from None
        return plan_of(table.get("fault", []))
    words = (word.strip() for word in text.split(","))
    return tuple(fault for word in words if word for fault in _named(word))


def plan_of(entries: Iterable[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Read a plan from its entries.

    An entry has a ``name`` from the catalogue, or ``route`` and ``status`` (with ``body``,
    ``content_type``, ``retry_after``), ``cut`` and ``how``, or ``bytes_per_s``. When it hits is
    said by ``every``, ``numbers``, ``share`` and ``times``.

    Raises:
        BadPlan: An entry makes no sense.
    """
    return tuple(fault for entry in entries for fault in _entry(dict(entry)))


def _named(word: str) -> list[Fault]:
    for mark, field in ((":", "share"), ("/", "every"), ("@", "numbers")):
        name, found, number = word.partition(mark)
        if found:
            return _entry({"name": name, field: _number(word, number, field)})
    return _entry({"name": word})


def _number(word: str, text: str, field: str) -> Any:  # noqa: ANN401 (checked by `_when`)
    try:
        number = float(text)
    except ValueError:
        raise BadPlan(f"{word}: {text!r} is not a number") from None
    if field == "share":
        return number
    return int(number) if field == "every" else [int(number)]


def _entry(entry: dict[str, Any]) -> list[Fault]:
    name = entry.pop("name", None)
    changes: dict[str, Any] = {
        key: entry.pop(key) for key in ("every", "numbers", "share", "times") if key in entry
    }
    if name is None:
        return [_made(entry, _when(When(), changes))]
    if entry:
        raise BadPlan(f"{name}: unknown: {', '.join(entry)}")
    if name not in NAMES:
        raise BadPlan(f"{name!r} is no fault; use {', '.join(NAMES)}")
    found = [CATALOGUE[member] for member in _FAMILIES.get(name, (name,))]
    return [replace(fault, when=_when(fault.when, changes)) for fault in found]


def _made(entry: dict[str, Any], when: When) -> Fault:
    try:
        routes = tuple(str(entry["route"]).split("|"))
        if "cut" in entry:
            act: Act = Cut(float(entry["cut"]), str(entry.get("how", "reset")))
        elif "bytes_per_s" in entry:
            act = Drip(float(entry["bytes_per_s"]))
        else:
            headers = {"Retry-After": str(entry["retry_after"])} if "retry_after" in entry else {}
            body, kind = str(entry.get("body", "")), entry.get("content_type", "application/json")
            act = Replace(int(entry["status"]), body.encode(), str(kind), headers)
    except (KeyError, ValueError, TypeError) as error:
        raise BadPlan(f"a fault without a name needs a route and what happens: {error}") from None
    return Fault(f"custom {'|'.join(routes)}", routes, act, when)


def _when(when: When, changes: Mapping[str, Any]) -> When:
    """Apply what an entry says; counting replaces what the catalogue says of objects."""
    if "every" in changes or "numbers" in changes:
        when = replace(when, times=0)
    try:
        changed = replace(
            when,
            every=int(changes.get("every", when.every)),
            numbers=tuple(int(n) for n in changes.get("numbers", when.numbers)),
            share=float(changes.get("share", when.share)),
            times=int(changes.get("times", when.times)),
        )
    except (ValueError, TypeError):
        raise BadPlan("every, numbers, share and times are numbers") from None
    if changed.every < 0 or changed.times < 0 or not 0 <= changed.share <= 1:
        raise BadPlan("every and times are 0 or more, a share is 0 to 1")
    return changed
