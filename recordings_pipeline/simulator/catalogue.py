"""Every misbehaviour by name."""

import gzip
from collections.abc import Mapping
from functools import lru_cache

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


def _platform(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Replace:
    body = (
        '{"message":"%s","code":"%s","status":%d,'
        '"contextId":"00000000-0000-4000-8000-00000000c0de","details":[],"errors":[]}'
    )
    return Replace(status, (body % (message, code, status)).encode(), headers=headers or {})


def _rate_limited(retry_after: str) -> Replace:
    message = f"Rate limit exceeded the maximum. Retry the request in [{retry_after}] seconds"
    code = "too.many.requests.retry.after"
    return _platform(429, code, message, {"Retry-After": retry_after})


@lru_cache(maxsize=1)
def bomb() -> bytes:
    """Return 256 MiB of zeros as 256 kB of gzip."""
    return gzip.compress(bytes(BOMB_BYTES), compresslevel=9, mtime=0)


_SERVER_ERROR = (
    "The server encountered an unexpected condition which prevented it from fulfilling the request."
)
_UNAVAILABLE = _platform(
    503, "service.unavailable", "The service is currently unavailable.", {"Retry-After": "1"}
)
_AWAY = {"Location": "http://127.0.0.1:9/"}
_ACTS: tuple[tuple[str, tuple[str, ...], Act, When], ...] = (
    ("rate-limited", _API, _rate_limited("1"), _ONCE),
    ("rate-limited-date", _API, Alter("retry-after-date"), _ONCE),
    ("rate-limited-bare", _API, _platform(429, "too.many.requests", "Rate limit exceeded."), _ONCE),
    ("rate-limited-nonsense", _API, _rate_limited("soon"), _ONCE),
    ("rate-limited-for-hours", _API, _rate_limited("21600"), _ONCE),
    ("server-error", _API, _platform(500, "internal.server.error", _SERVER_ERROR), _ONCE),
    ("bad-gateway", _API, Replace(502, _HTML, "text/html"), _ONCE),
    ("unavailable", _API, _UNAVAILABLE, _ONCE),
    ("gateway-timeout", _API, _platform(504, "request.timeout", "The request timed out."), _ONCE),
    ("client-timeout", _API, _platform(408, "client.timeout", "The client was too slow."), _ONCE),
    ("unauthorized", _API, _platform(401, "bad.credentials", "Invalid login credentials."), _ONCE),
    ("revoked-tokens", _API, Alter("revoke"), _ONCE),
    ("missing-permission", _API, Alter("forbid"), When()),
    ("hang", _API, Cut(0, "hang"), _ONCE),
    ("reset", _API, Cut(0, "reset"), _ONCE),
    ("no-answer", _API, Cut(0, "close"), _ONCE),
    ("short-json", _API, Cut(0.5, "close"), _ONCE),
    ("stalled-json", _API, Cut(0.5, "hang"), _ONCE),
    ("drip-json", _API, Drip(2_000), _ONCE),
    ("json-bomb", _API, Alter("bomb"), _ONCE),
    ("api-redirect", _API, Replace(307, headers=_AWAY), _ONCE),
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
    ("short-pages", ("details", "results"), Distort("short_page"), When()),
    ("login-refused", ("login",), Alter("refuse-login"), When()),
    ("login-error", ("login",), _UNAVAILABLE, _ONCE),
    ("failed-jobs", ("job-status",), Alter("fail-job"), When()),
    ("expired-jobs", ("job-status",), Alter("expire-job"), When()),
    ("late-recordings", ("recordingmetadata", "submit", "recordings"), Alter("hide"), _ONCE),
    ("hidden-recordings", ("recordingmetadata", "submit", "recordings"), Alter("hide"), When()),
    ("late-transcripts", ("transcripturl", "transcripturls"), Alter("hide"), _ONCE),
    ("batch-errors", ("poll",), Distort("batch_errors"), When()),
    ("batch-stuck", ("poll",), Alter("stuck"), When()),
    ("batch-without-status", ("poll",), Distort("no_status"), When()),
    ("expired-urls", _LINKS, Distort("expired_urls"), _ONCE),
    ("early-expiry", _LINKS, Distort("early_urls"), _ONCE),
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
    ("malformed-transcripts", ("transcript",), Distort("malformed"), _ONCE),
    ("null-transcripts", ("transcript",), Distort("nulls"), When()),
    ("redirect", _MEDIA, Replace(302, headers=_AWAY), When()),
)  # fmt: skip
CATALOGUE: Mapping[str, Fault] = {
    name: Fault(name, routes, act, when) for name, routes, act, when in _ACTS
}
FAMILIES: Mapping[str, tuple[str, ...]] = {"late-data": ("late-recordings", "late-transcripts")}
NAMES = (*CATALOGUE, *FAMILIES)
