"""What goes wrong with answers of the API, byte for byte."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from recordings_pipeline.simulator.catalogue import BOMB_BYTES
from tests.conftest import Start
from tests.simulator.raw import (
    FIN,
    QUIET_S,
    RST,
    SETTINGS,
    SILENCE,
    TOKEN,
    Caller,
    caller,
    inflated_size,
    shows,
)

DETAILS = "/api/v2/analytics/conversations/details/query"
DAY = {"interval": "2026-01-31T00:00:00.000Z/2026-02-01T00:00:00.000Z"}
# Status, code in the body, and Retry-After: None where there is none.
REFUSALS: Mapping[str, tuple[int, str, str | None]] = {
    "rate-limited": (429, "too.many.requests.retry.after", "1"),
    "rate-limited-bare": (429, "too.many.requests", None),
    "rate-limited-nonsense": (429, "too.many.requests.retry.after", "soon"),
    "rate-limited-for-hours": (429, "too.many.requests.retry.after", "21600"),
    "server-error": (500, "internal.server.error", None),
    "unavailable": (503, "service.unavailable", "1"),
    "gateway-timeout": (504, "request.timeout", None),
    "client-timeout": (408, "client.timeout", None),
    "unauthorized": (401, "bad.credentials", None),
}
# Status, type and a part of the body of what no platform would answer.
STRANGE: Mapping[str, tuple[int, str, bytes]] = {
    "bad-gateway": (502, "text/html", b"<h1>502 Bad Gateway</h1>"),
    "html-200": (200, "text/html", b"<html>"),
    "empty-200": (200, "application/json", b""),
    "api-redirect": (307, "application/json", b""),
}
# Share of the body that comes, None where not even a status line does, and what follows.
CUTS: Mapping[str, tuple[float | None, str]] = {
    "hang": (None, SILENCE),
    "reset": (None, RST),
    "no-answer": (None, FIN),
    "short-json": (0.5, FIN),
    "stalled-json": (0.5, SILENCE),
}


@shows(*REFUSALS)
@pytest.mark.parametrize("name", REFUSALS)
def test_the_platform_refuses_once_in_its_own_words(me: Caller, name: str) -> None:
    me.suffer(name)
    status, code, retry_after = REFUSALS[name]

    hit, next_one = me.get(SETTINGS), me.get(SETTINGS)

    assert (hit.status, hit.json["code"], hit.json["status"]) == (status, code, status)
    assert hit.headers.get("retry-after") == retry_after
    assert "inin-ratelimit-count" in hit.headers
    assert hit.is_whole
    assert (next_one.status, next_one.is_whole) == (200, True)
    assert me.fired() == {name: 1}


@shows(*STRANGE)
@pytest.mark.parametrize("name", STRANGE)
def test_something_else_answers_once(me: Caller, name: str) -> None:
    me.suffer(name)
    status, kind, part = STRANGE[name]

    hit, next_one = me.get(SETTINGS), me.get(SETTINGS)

    assert (hit.status, hit.headers["content-type"]) == (status, kind)
    assert part in hit.body
    assert bool(part) == bool(hit.body)
    assert hit.is_whole
    assert ("location" in hit.headers) == (status == 307)
    assert (next_one.status, next_one.is_whole) == (200, True)
    assert me.fired() == {name: 1}


@shows(*CUTS)
@pytest.mark.parametrize("name", CUTS)
def test_an_answer_stops_where_the_fault_says_and_as_it_says(me: Caller, name: str) -> None:
    me.suffer(name)
    share, end = CUTS[name]
    most_s = 0.5 if name == "hang" else 10

    hit, next_one = me.get(SETTINGS, most_s=most_s, quiet_s=QUIET_S), me.get(SETTINGS)

    assert hit.end == end
    assert hit.status == (0 if share is None else 200)
    assert hit.body == next_one.body[: int(len(next_one.body) * (share or 0))]
    if share is not None:
        assert hit.headers["content-length"] == str(len(next_one.body))
    assert (next_one.status, next_one.is_whole) == (200, True)
    assert me.fired() == {name: 1}


@shows("rate-limited-date")
def test_the_wait_can_be_a_date(me: Caller) -> None:
    me.suffer("rate-limited-date")

    hit, next_one = me.get(SETTINGS), me.get(SETTINGS)

    until = parsedate_to_datetime(hit.headers["retry-after"])
    assert hit.status == 429
    assert timedelta() < until - datetime.now(UTC) <= timedelta(seconds=2)
    assert next_one.status == 200
    assert me.fired() == {"rate-limited-date": 1}


@shows("revoked-tokens")
def test_a_revoked_token_stays_refused_and_a_new_one_is_good(me: Caller) -> None:
    me.suffer("revoked-tokens")

    hit, next_one = me.get(SETTINGS), me.get(SETTINGS)
    me.login()
    with_new_token = me.get(SETTINGS)

    assert [hit.status, next_one.status, with_new_token.status] == [401, 401, 200]
    assert hit.json["code"] == next_one.json["code"] == "bad.credentials"
    assert me.fired() == {"revoked-tokens": 1}


@shows("missing-permission")
def test_a_missing_permission_is_named_where_one_is_needed(me: Caller) -> None:
    me.suffer("missing-permission")

    hit, next_one = me.post(DETAILS, DAY), me.post(DETAILS, DAY)

    assert (hit.status, hit.json["code"]) == (403, "missing.any.permissions")
    assert "analytics:conversationDetail:view" in hit.json["message"]
    assert next_one.status == 200
    assert me.get(SETTINGS).status == 200
    assert me.fired() == {"missing-permission": 1}


@shows("drip-json")
def test_json_can_come_slowly(me: Caller) -> None:
    me.suffer("drip-json")
    one = {**DAY, "paging": {"pageSize": 1, "pageNumber": 1}}

    hit, next_one = me.post(DETAILS, one), me.post(DETAILS, one)

    assert hit.took_s >= 0.05 * (len(hit.body) // 100)
    assert hit.body == next_one.body
    assert hit.is_whole
    assert me.fired() == {"drip-json": 1}


@shows("malformed-json", "deep-json")
@pytest.mark.parametrize(
    ("name", "error"), [("malformed-json", ValueError), ("deep-json", RecursionError)]
)
def test_json_can_be_none(me: Caller, name: str, error: type[Exception]) -> None:
    me.suffer(name)

    hit, next_one = me.get(SETTINGS), me.get(SETTINGS)

    assert (hit.status, hit.headers["content-type"]) == (200, "application/json")
    assert hit.is_whole
    with pytest.raises(error):
        json.loads(hit.body)
    assert next_one.json["maxSimultaneousStreams"] == 1
    assert me.fired() == {name: 1}


@shows("json-bomb")
def test_json_can_be_a_bomb(me: Caller) -> None:
    me.suffer("json-bomb")

    hit, next_one = me.get(SETTINGS), me.get(SETTINGS)

    assert (hit.status, hit.headers["content-encoding"]) == (200, "gzip")
    assert len(hit.body) < BOMB_BYTES / 500
    assert inflated_size(hit.body) == BOMB_BYTES
    assert next_one.is_whole
    assert me.fired() == {"json-bomb": 1}


LOGINS: Mapping[str, tuple[int, Mapping[str, Any]]] = {
    "login-refused": (400, {"error": "invalid_client"}),
    "login-error": (503, {"code": "service.unavailable"}),
}


@shows(*LOGINS)
@pytest.mark.parametrize("name", LOGINS)
def test_a_login_can_fail(me: Caller, name: str) -> None:
    me.suffer(name)
    status, part = LOGINS[name]

    hit, next_one = me.login(), me.login()

    assert hit.status == status
    assert part.items() <= hit.json.items()
    assert next_one.json["access_token"]
    assert me.get(SETTINGS).status == 200
    assert me.fired() == {name: 1}


def test_a_head_request_brings_no_body_whatever_goes_wrong(me: Caller) -> None:
    length = me.get(TOKEN).headers["content-length"]
    ends = {"short-json": FIN, "drip-json": FIN, "html-200": FIN}

    for name in ("short-json", "stalled-json", "drip-json", "html-200"):
        me.plan(name)
        seen = me.get(TOKEN, method="HEAD", quiet_s=QUIET_S)
        assert (seen.status, seen.body) == (200, b"")
        assert seen.end == ends.get(name, SILENCE)
        assert (seen.headers["content-length"] == length) == (name != "html-200")


def test_a_request_beyond_the_allowance_is_told_so_and_suffers_nothing(start: Start) -> None:
    me = caller(start(faults="server-error/2", requests_per_minute=1))

    first, second = me.get(SETTINGS), me.get(SETTINGS)

    assert (first.status, second.status) == (200, 429)
    assert me.fired() == {}
