"""The API host: every address of the platform that is simulated, behind one gate.

The gate counts a request, knows its token, keeps the allowance, asks for permissions, and lets
faults happen; what an address answers is in `endpoints`.
"""

import asyncio
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
from recordings_pipeline.simulator.catalogue import bomb
from recordings_pipeline.simulator.distortions import distorted
from recordings_pipeline.simulator.endpoints import tokens
from recordings_pipeline.simulator.faults import Alter, Cut, Distort, Replace
from recordings_pipeline.simulator.faults import Request as Asked
from recordings_pipeline.simulator.site import Hit, Site
from recordings_pipeline.simulator.state import Turn
from recordings_pipeline.simulator.table import TABLE, Endpoint
from recordings_pipeline.simulator.wire import Wired, answered

_JSON = {"Content-Type": "application/json"}
_LOGIN = "POST /oauth/token"
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
    hit: Hit | None

    def suffers(self, what: str) -> bool:
        return self.hit is not None and self.hit.suffers(what)


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
            if endpoint.is_slow:
                return await asyncio.to_thread(self._serve, request, endpoint, raw)
            return self._serve(request, endpoint, raw)

        route = Route(endpoint.path, serve, methods=[endpoint.method])
        # Starlette answers HEAD wherever there is GET; the platform has the one HEAD it describes.
        route.methods = {endpoint.method}
        return route

    async def login(self, request: Request) -> Wired:
        form = await request.body()
        turn = self._site.state.turn(_LOGIN, None, time.monotonic())
        self._site.catch_up(turn.revision)
        hit = self._site.hit(Asked("login", is_api=False, key="", number=turn.number))
        if hit is not None and isinstance(hit.act, Replace) and hit.fires():
            wired = answered(200, _TRACED, b"", hit.act)
        else:
            is_refused = hit is not None and hit.suffers("refuse-login")
            fault = hit.fault if hit is not None and is_refused else None
            authorization = request.headers.get("authorization", "")
            answer = tokens.login(self._site, authorization, form, fault)
            wired = _wired(answer, hit, _TRACED)
        self._site.state.count_later(f"status {_LOGIN} {wired.status}")
        return wired

    def _serve(self, request: Request, endpoint: Endpoint, raw: bytes) -> Wired:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        name = f"{endpoint.method} {endpoint.path}"
        turn = self._site.state.turn(name, token, time.monotonic())
        self._site.catch_up(turn.revision)
        visit = _Visit(request, endpoint, turn, token, raw, self._hit(request, endpoint, turn))
        wired = self._sent(visit)
        self._site.state.count_later(f"status {name} {wired.status}")
        if wired.status == 429:
            self._site.state.add({"rate_limited": 1})
        return wired

    def _hit(self, request: Request, endpoint: Endpoint, turn: Turn) -> Hit | None:
        """Return what is to go wrong; whoever has no token or allowance is told so as ever."""
        if turn.client is None or self._is_over(turn):
            return None
        key = str(next(iter(request.path_params.values()), ""))
        return self._site.hit(Asked(endpoint.label, is_api=True, key=key, number=turn.number))

    def _sent(self, visit: _Visit) -> Wired:
        headers, hit = self._headers(visit.turn), visit.hit
        # What is replaced was never asked: an unavailable platform starts no job.
        if hit is not None and isinstance(hit.act, Replace) and hit.fires():
            return answered(200, headers, b"", hit.act)
        if visit.suffers("bomb"):
            return answered(200, {**headers, **_JSON, "Content-Encoding": "gzip"}, bomb())
        try:
            answer = self._answer(visit)
        except Refusal as refusal:
            answer = _refused(refusal)
        except RecursionError:
            answer = _refused(bad("The request is nested too deeply."))
        return _wired(answer, hit, headers)

    def _answer(self, visit: _Visit) -> Answer:
        turn = visit.turn
        if turn.client is None:
            raise Refusal(401, "bad.credentials", "Invalid login credentials.")
        if self._is_over(turn):
            return _rate_limited(self._reset_s(turn), is_date=False)
        if visit.suffers("revoke"):
            self._site.state.revoke(visit.token)
            raise Refusal(401, "bad.credentials", "Invalid login credentials.")
        if visit.suffers("retry-after-date"):
            return _rate_limited(1, is_date=True)
        self._require(visit)
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
            hit=visit.hit,
        )
        return visit.endpoint.handler(ask)

    def _require(self, visit: _Visit) -> None:
        """Refuse whoever lacks a permission, or is to lack them all."""
        endpoint = visit.endpoint
        endpoint.require(self._site.clients[visit.turn.client or ""].permissions)
        if (endpoint.all_of or endpoint.any_of) and visit.suffers("forbid"):
            endpoint.require(frozenset())

    def _is_over(self, turn: Turn) -> bool:
        return turn.used > self._site.requests_per_minute

    def _headers(self, turn: Turn) -> dict[str, str]:
        headers = {**_TRACED}
        if turn.client is not None:
            headers["inin-ratelimit-count"] = str(turn.used)
            headers["inin-ratelimit-allowed"] = str(self._site.requests_per_minute)
            headers["inin-ratelimit-reset"] = str(self._reset_s(turn))
        return headers

    def _reset_s(self, turn: Turn) -> int:
        """Return the seconds left of a window, by the clock of the allowance."""
        left_s = turn.began + self._site.state.window_s - time.monotonic()
        return max(1, round(left_s * self._site.options.speed))


def _wired(answer: Answer, hit: Hit | None, headers: Mapping[str, str]) -> Wired:
    """Write an answer as bytes, and hand on what is to happen to it."""
    shown, body = {**headers, **answer.headers}, b""
    if answer.payload is not None:
        shown |= _JSON
        body = json.dumps(answer.payload, separators=(",", ":")).encode()
    if hit is None or isinstance(hit.act, Alter):
        return answered(answer.status, shown, body)
    if isinstance(hit.act, Distort):
        is_good = answer.payload is not None and answer.status < 300
        changed = distorted(hit.act.how, answer.payload) if is_good else None
        wrong = None if changed is None or not hit.fires() else changed
        return answered(answer.status, shown, body if wrong is None else wrong)
    # There is nothing to cut in an empty body.
    is_moot = isinstance(hit.act, Cut) and hit.act.after > 0 and not body
    return answered(answer.status, shown, body, None if is_moot or not hit.fires() else hit.act)


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.body(), refusal.status)


def _rate_limited(wait_s: int, *, is_date: bool) -> Answer:
    message = f"Rate limit exceeded the maximum. Retry the request in [{wait_s}] seconds"
    refused = _refused(Refusal(429, "too.many.requests.retry.after", message))
    moment = datetime.now(UTC) + timedelta(seconds=wait_s + 1)
    wait = format_datetime(moment, usegmt=True) if is_date else str(wait_s)
    return replace(refused, headers={"Retry-After": wait})


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
