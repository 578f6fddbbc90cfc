"""The API host: every address of the platform that is simulated, behind one gate.

The gate counts a request, knows its token, keeps the allowance, asks for permissions, and lets
faults happen; what an address answers is in `endpoints`.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Match, Route

from recordings_pipeline.simulator import admin
from recordings_pipeline.simulator.asking import CONTEXT_ID, Answer, Ask, Refusal, bad
from recordings_pipeline.simulator.distortions import distorted
from recordings_pipeline.simulator.endpoints import tokens
from recordings_pipeline.simulator.faults import Act, Alter, Distort, Fault
from recordings_pipeline.simulator.faults import Request as Asked
from recordings_pipeline.simulator.site import Site
from recordings_pipeline.simulator.state import WINDOW_S, Turn
from recordings_pipeline.simulator.table import TABLE, Endpoint
from recordings_pipeline.simulator.wire import Wired, answered

_JSON = {"Content-Type": "application/json"}
_MOST_BODY = 512_000
_TRACED = {"ININ-Correlation-Id": CONTEXT_ID}
_BROKEN = (
    "The server encountered an unexpected condition which prevented it from fulfilling the request."
)


@dataclass(frozen=True, slots=True)
class _Visit:
    """A request on its way through the gate."""

    request: Request
    endpoint: Endpoint
    turn: Turn
    token: str
    raw: bytes
    fault: Fault | None


def api_of(site: Site) -> Starlette:
    """Return the application behind the API's port."""
    gate = _Gate(site)
    routes = [Route("/oauth/token", gate.login, methods=["POST"])]
    routes += [gate.route(endpoint) for endpoint in TABLE]
    routes += admin.routes(site)
    handlers: dict[Any, Any] = {404: _unknown_path, 405: _wrong_method, 500: _broken}
    api = Starlette(routes=routes, exception_handlers=handlers)
    api.router.redirect_slashes = False
    return api


class _Gate:
    def __init__(self, site: Site) -> None:
        self._site = site

    def route(self, endpoint: Endpoint) -> Route:
        async def serve(request: Request) -> Wired:
            raw = await request.body()
            return self._serve(request, endpoint, raw)

        route = Route(endpoint.path, serve, methods=[endpoint.method])
        # Starlette answers HEAD wherever there is GET; the platform has the one HEAD it describes.
        route.methods = {endpoint.method}
        return route

    async def login(self, request: Request) -> Wired:
        form = await request.body()
        turn = self._site.state.turn("POST /oauth/token", None, time.monotonic())
        self._site.catch_up(turn.revision)
        fault = self._site.fault(Asked("login", is_api=False, key="", number=turn.number))
        authorization = request.headers.get("authorization", "")
        answer = tokens.login(self._site, authorization, form, fault)
        wired = _wired(answer, fault, _TRACED)
        self._site.state.count_later(f"status POST /oauth/token {wired.status}")
        return wired

    def _serve(self, request: Request, endpoint: Endpoint, raw: bytes) -> Wired:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        name = f"{endpoint.method} {endpoint.path}"
        turn = self._site.state.turn(name, token, time.monotonic())
        self._site.catch_up(turn.revision)
        ids = request.path_params
        key = str(next(iter(ids.values()), ""))
        asked = Asked(endpoint.label, is_api=True, key=key, number=turn.number)
        fault = self._site.fault(asked) if turn.client else None
        visit = _Visit(request, endpoint, turn, token, raw, fault)
        try:
            answer = self._answer(visit)
        except Refusal as refusal:
            answer = _refused(refusal)
        except RecursionError:
            answer = _refused(bad("The request is nested too deeply."))
        wired = _wired(answer, fault, self._headers(turn))
        self._site.state.count_later(f"status {name} {wired.status}")
        if wired.status == 429:
            self._site.state.add({"rate_limited": 1})
        return wired

    def _answer(self, visit: _Visit) -> Answer:
        turn, options = visit.turn, self._site.options
        if turn.client is None:
            raise Refusal(401, "bad.credentials", "Invalid login credentials.")
        if visit.fault is not None and visit.fault.act == Alter("revoke"):
            self._site.state.revoke(visit.token)
            raise Refusal(401, "bad.credentials", "Invalid login credentials.")
        if visit.fault is not None and visit.fault.act == Alter("retry-after-date"):
            return _rate_limited(1, is_date=True)
        if turn.used > options.requests_per_minute:
            return _rate_limited(_reset_s(turn), is_date=False)
        visit.endpoint.require(options.permissions)
        if len(visit.raw) > _MOST_BODY:
            raise Refusal(413, "request.entity.too.large", "The request is too large.")
        if visit.raw and not _is_json(visit.request.headers.get("content-type", "")):
            raise Refusal(415, "unsupported.media.type", "The request is not application/json.")
        ask = Ask(
            site=self._site,
            ids=visit.request.path_params,
            query=visit.request.url.query,
            raw=visit.raw,
            client=turn.client,
            token=visit.token,
            fault=visit.fault,
        )
        return visit.endpoint.handler(ask)

    def _headers(self, turn: Turn) -> dict[str, str]:
        headers = {**_TRACED}
        if turn.client is not None:
            headers["inin-ratelimit-count"] = str(turn.used)
            headers["inin-ratelimit-allowed"] = str(self._site.options.requests_per_minute)
            headers["inin-ratelimit-reset"] = str(_reset_s(turn))
        return headers


def _wired(answer: Answer, fault: Fault | None, headers: Mapping[str, str]) -> Wired:
    """Write an answer as bytes, and hand on what is to happen to it."""
    act: Act | None = None if fault is None else fault.act
    shown = {**headers, **answer.headers}
    if answer.payload is None:
        return answered(answer.status, shown, b"", act)
    good = answer.status < 300
    if isinstance(act, Distort) and good:
        body = distorted(act.how, answer.payload)
    else:
        body = json.dumps(answer.payload, separators=(",", ":")).encode()
    return answered(answer.status, {**shown, **_JSON}, body, act)


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.body(), refusal.status)


def _rate_limited(wait_s: int, *, is_date: bool) -> Answer:
    message = f"Rate limit exceeded the maximum. Retry the request in [{wait_s}] seconds"
    refused = _refused(Refusal(429, "too.many.requests.retry.after", message))
    moment = datetime.now(UTC) + timedelta(seconds=wait_s + 1)
    wait = format_datetime(moment, usegmt=True) if is_date else str(wait_s)
    return replace(refused, headers={"Retry-After": wait})


def _reset_s(turn: Turn) -> int:
    return max(1, round(turn.began + WINDOW_S - time.monotonic()))


async def _unknown_path(_request: Request, _error: Exception) -> Wired:
    return _wired(_refused(Refusal(404, "not.found", "HTTP 404 Not Found")), None, _TRACED)


async def _wrong_method(request: Request, _error: Exception) -> Wired:
    routes = (route for route in request.app.routes if isinstance(route, Route))
    found = (r.methods or set() for r in routes if r.matches(request.scope)[0] != Match.NONE)
    headers = {**_TRACED, "Allow": ", ".join(sorted(set().union(*found)))}
    refusal = Refusal(405, "not.allowed", "HTTP 405 Method Not Allowed")
    return _wired(_refused(refusal), None, headers)


async def _broken(_request: Request, _error: Exception) -> Wired:
    return _wired(_refused(Refusal(500, "internal.server.error", _BROKEN)), None, _TRACED)


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"
