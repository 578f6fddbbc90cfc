"""What the simulator refuses, it refuses as the platform does, whatever the operation."""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from recordings_pipeline.simulator.options import EVERY_PERMISSION
from tests.conftest import Start
from tests.simulator.schema import Operation, operations, problems_with
from tests.simulator.verdicts import Verdicts, visitor
from tests.simulator.visits import NOW

NOBODY = "00000000-0000-4000-8000-000000000000"
LOGIN = "POST /oauth/token"
# What the platform names each refusal. Source: section 7 of our notes on the platform, from the
# official description of 2018 and the release notes.
CODES = {
    400: {
        "bad.request", "invalid.date", "invalid.value", "general.bad.request",
        "batch.download.bad.request", "batch.download.too.many.items",
    },
    401: {"bad.credentials", "authentication.required"},
    403: {"missing.permissions", "missing.any.permissions", "not.authorized"},
    404: {"not.found", "conversation.not.found", "resource.not.found",
          "batch.download.job.not.found"},
    405: {"not.allowed"},
    413: {"request.entity.too.large"},
    415: {"unsupported.media.type"},
    429: {"too.many.requests.retry.after"},
}  # fmt: skip
Ask = Callable[[httpx.Client, Operation], httpx.Response]


def test_who_has_no_token_learns_nothing(start: Start) -> None:
    def ask(http: httpx.Client, operation: Operation) -> httpx.Response:
        return http.send(_request(http, operation, headers={"Authorization": "Bearer nobody"}))

    assert _statuses(start, ask) == dict.fromkeys(_names(), 401)


def test_who_has_no_permission_is_told_which_one_is_missing(start: Start) -> None:
    def ask(http: httpx.Client, operation: Operation) -> httpx.Response:
        answer = http.send(_request(http, operation))
        named = all(name in answer.text for name in operation.all_of | operation.any_of)
        assert named or answer.status_code != 403
        return answer

    found = _statuses(start, ask, permissions=frozenset())

    guarded = {name for name, one in operations().items() if one.all_of or one.any_of}
    assert {name for name, status in found.items() if status == 403} == guarded


def test_who_has_used_up_the_allowance_waits(start: Start) -> None:
    def ask(http: httpx.Client, operation: Operation) -> httpx.Response:
        return http.send(_request(http, operation))

    assert _statuses(start, ask, requests_per_minute=0) == dict.fromkeys(_names(), 429)


def test_what_nobody_has_is_not_found(start: Start) -> None:
    def ask(http: httpx.Client, operation: Operation) -> httpx.Response:
        return http.send(_request(http, operation, json={"state": "PROCESSING"}))

    assert _statuses(start, ask, only="{") == dict.fromkeys(_names("{"), 404)


@pytest.mark.parametrize(
    "text", ["x", "ABCDEF00-0000-4000-8000-000000000000", "%00", "%F0%9F%A6%8A"]
)
def test_what_is_no_id_is_refused(start: Start, text: str) -> None:
    def ask(http: httpx.Client, operation: Operation) -> httpx.Response:
        return http.send(_request(http, operation, id_=text, json={"state": "PROCESSING"}))

    found = _statuses(start, ask, only="{")

    # Namespaces have names, not ids.
    assert {s for name, s in found.items() if "{namespaceName}" in name} == {404}
    assert {s for name, s in found.items() if "{namespaceName}" not in name} == {400}


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "application/x-www-form-urlencoded", 415),
        (b'"' + b"x" * 512_000 + b'"', "application/json", 413),
    ],
    ids=["broken", "list", "deep", "text", "form", "large"],
)
def test_a_body_that_cannot_be_read_is_refused(
    start: Start, content: bytes, kind: str, status: int
) -> None:
    def ask(http: httpx.Client, operation: Operation) -> httpx.Response:
        headers = {"Content-Type": kind}
        return http.send(_request(http, operation, headers=headers, content=content))

    found = _statuses(start, ask, having_body=True)

    # What does not exist may be missed before its change is read.
    allowed = {status, 404} if status == 400 else {status}
    assert set(found.values()) <= allowed
    assert status in found.values()


def test_a_method_that_an_address_does_not_have_is_refused(start: Start) -> None:
    with visitor(start(permissions=EVERY_PERMISSION)) as (http, verdicts):
        answers = [
            http.request(method, _path(operation.path, NOBODY))
            for operation in operations().values()
            for method in ("PATCH", "HEAD")
            if operation.path != "/api/v2/tokens/me" or method != "HEAD"
        ]

    assert {answer.status_code for answer in answers} == {405}
    assert verdicts.problems == {}
    assert {json.loads(a.content)["code"] for a in answers if a.content} == CODES[405]


@pytest.mark.parametrize("path", ["/api/v2/users/", "/api/v2/nothing", "/", "/api/v2/users//x"])
def test_an_address_that_is_not_there_is_not_found(start: Start, path: str) -> None:
    with visitor(start(permissions=EVERY_PERMISSION)) as (http, _):
        answer = http.get(path)

    is_page = path == "/"
    assert answer.status_code == (200 if is_page else 404)
    assert is_page or problems_with("ErrorBody", answer.json()) == []


def _statuses(
    start: Start,
    ask: Ask,
    *,
    only: str = "",
    having_body: bool = False,
    **options: Any,  # noqa: ANN401 (fields of `Options`)
) -> dict[str, int]:
    """Ask every operation but the login and return the statuses; each answer is a good one."""
    everything = {"permissions": EVERY_PERMISSION, "now": NOW, **options}
    found: dict[str, int] = {}
    with visitor(start(**everything)) as (http, verdicts):
        for name in _names(only):
            operation = operations()[name]
            if operation.has_body or not having_body:
                answer = ask(http, operation)
                found[name] = answer.status_code
                _check_code(operation, answer, verdicts)
    assert verdicts.problems == {}
    return found


def _check_code(operation: Operation, answer: httpx.Response, verdicts: Verdicts) -> None:
    if answer.status_code in CODES and answer.content:
        body = answer.json()
        if body["code"] not in CODES[answer.status_code] or body["status"] != answer.status_code:
            verdicts.problems[f"{operation.name}: {body['code']}"] = str(answer.url)


def _names(only: str = "") -> list[str]:
    return [name for name in operations() if name != LOGIN and only in name]


def _request(
    http: httpx.Client,
    operation: Operation,
    *,
    id_: str = NOBODY,
    **more: Any,  # noqa: ANN401 (what httpx takes)
) -> httpx.Request:
    given = more if operation.has_body else {k: v for k, v in more.items() if k == "headers"}
    given = given if operation.has_body and more else {"json": {}, **given}
    return http.build_request(operation.method, _path(operation.path, id_), **given)


def _path(template: str, id_: str) -> str:
    return re.sub(r"\{\w+\}", id_, template)
