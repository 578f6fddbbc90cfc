"""The API host: login and the platform's endpoints, with allowance and permissions."""

import base64
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from recordings_pipeline.simulator.batches import Batches
from recordings_pipeline.simulator.details import BadQuery, details_page
from recordings_pipeline.simulator.faults import Count, Faults
from recordings_pipeline.simulator.ids import named_id
from recordings_pipeline.simulator.options import CONVERSATIONS, RECORDINGS, SPEECH, Options
from recordings_pipeline.simulator.replies import error, recording_metadata
from recordings_pipeline.simulator.signing import signed
from recordings_pipeline.simulator.world import World

MOST_ITEMS = 100
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where media lies, and who may log in."""

    media_url: str
    client_id: str
    client_secret: str


class Api:
    """Everything below ``/api/v2`` that an export asks, and the login."""

    def __init__(
        self,
        world: World,
        options: Options,
        faults: Faults,
        hosts: Hosts,
    ) -> None:
        self._world = world
        self._options = options
        self._faults = faults
        self._traffic = faults.traffic
        self._media_url = hosts.media_url
        credentials = (hosts.client_id, hosts.client_secret)
        self._client_id = hosts.client_id
        self._basic = "Basic " + base64.b64encode(":".join(credentials).encode()).decode()
        self._tokens: dict[str, float] = {}
        self._batches = Batches(world, options)
        conversation = "/api/v2/conversations/{id}"
        speech = "/api/v2/speechandtextanalytics/conversations/{id}/communications/{leg}"
        limits = "/api/v2/organizations/limits/namespaces"
        self.app = Starlette(
            routes=[
                Route("/oauth/token", self.login, methods=["POST"]),
                self._route("/api/v2/tokens/me", self.token),
                self._route(
                    "/api/v2/analytics/conversations/details/query",
                    self.details,
                    needs=(CONVERSATIONS,),
                    method="POST",
                ),
                self._route(
                    f"{conversation}/recordingmetadata", self.metadata, needs=(RECORDINGS,)
                ),
                self._route(
                    "/api/v2/recording/batchrequests",
                    self.submit,
                    needs=(RECORDINGS,),
                    method="POST",
                ),
                self._route("/api/v2/recording/batchrequests/{id}", self.poll),
                self._route("/api/v2/recording/settings", self.settings),
                self._route(
                    f"{speech}/transcripturl", self.transcript_url, needs=(RECORDINGS, SPEECH)
                ),
                self._route(f"{limits}/{{name}}", self.limits),
            ],
            exception_handlers={404: _unknown_path},
        )

    async def login(self, request: Request) -> Response:
        form = await request.body()
        is_good = request.headers.get("authorization") == self._basic
        if not is_good or form != b"grant_type=client_credentials":
            body = {"error": "invalid_client", "description": "authentication failed"}
            body["error_description"] = body["description"]
            return JSONResponse(body, 400)
        number = self._traffic.add("logins")
        token = named_id(self._options.seed, "token", number, id(self))
        self._tokens[token] = time.monotonic() + self._options.token_lifetime_s
        lifetime = self._options.token_lifetime_s
        return JSONResponse({"access_token": token, "token_type": "bearer", "expires_in": lifetime})

    async def token(self, _request: Request) -> Response:
        organization = {"id": self._world.organization_id, "name": "Simulated organization"}
        return JSONResponse({"organization": organization, "OAuthClient": {"id": self._client_id}})

    async def details(self, request: Request) -> Response:
        try:
            return JSONResponse(details_page(self._world, await request.json()))
        except (BadQuery, json.JSONDecodeError) as problem:
            code = problem.code if isinstance(problem, BadQuery) else "bad.request"
            return _refuse(400, code, str(problem))

    async def metadata(self, request: Request) -> Response:
        call = self._world.find(request.path_params["id"])
        if call is None:
            return _refuse(404, "conversation.not.found", "The conversation was not found.")
        return JSONResponse(recording_metadata(call))

    async def submit(self, request: Request) -> Response:
        items = (await request.json()).get("batchDownloadRequestList")
        if not isinstance(items, list) or not items:
            return _refuse(400, "batch.download.bad.request", "The request list is empty.")
        if len(items) > MOST_ITEMS:
            return _refuse(400, "batch.download.too.many.items", "More than 100 items.")
        batch_id = self._batches.submit(self._client_id, items)
        uri = f"/api/v2/recording/batchrequests/{batch_id}"
        return JSONResponse({"id": batch_id, "selfUri": uri})

    async def poll(self, request: Request) -> Response:
        state = self._batches.poll(request.path_params["id"], self._client_id)
        if state is None:
            return _refuse(404, "batch.download.job.not.found", "The job was not found.")
        results = [self._with_url(result) for result in state["results"]]
        return JSONResponse({**state, "results": results})

    def _with_url(self, result: dict[str, Any]) -> dict[str, Any]:
        if "errorMsg" in result:
            return result
        path = f"/media/{result['recordingId']}"
        expires = int(time.time()) + self._options.url_lifetime_s
        return {**result, "resultUrl": signed(self._media_url, path, expires)}

    async def settings(self, _request: Request) -> Response:
        minutes = max(2, self._options.url_lifetime_s // 60)
        ttl = {"recordingBatchDownloadUrlTtl": minutes, "recordingPlaybackUrlTtl": minutes}
        return JSONResponse({"maxSimultaneousStreams": 1, **ttl})

    async def transcript_url(self, request: Request) -> Response:
        call = self._world.find(request.path_params["leg"])
        is_theirs = call is not None and call.communication_id == request.path_params["leg"]
        if call is None or not is_theirs or not call.is_transcribed:
            return _refuse(404, "resource.not.found", "No transcript for this communication.")
        path = f"/transcripts/{call.communication_id}"
        expires = int(time.time()) + self._options.transcript_url_lifetime_s
        return JSONResponse({"url": signed(self._media_url, path, expires)})

    async def limits(self, request: Request) -> Response:
        name = request.path_params["name"]
        key = "client.credentials.token.rate.per.minute"
        entity = {"key": key, "namespace": name, "value": self._options.requests_per_minute}
        return JSONResponse({"entities": [entity] if name == "platform.api" else []})

    def _route(
        self, path: str, handler: Handler, *, needs: tuple[str, ...] = (), method: str = "GET"
    ) -> Route:
        """Wrap a handler in what every answer has: token, allowance, permissions, headers."""

        async def endpoint(request: Request) -> Response:
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            if self._tokens.get(token, 0.0) <= time.monotonic():
                return _refuse(401, "bad.credentials", "Invalid login credentials.")
            count = self._faults.count(token, time.monotonic())
            self._traffic.asked(f"{method} {path}")
            missing = [name for name in needs if name not in self._options.permissions]
            if count.is_over:
                response = _rate_limited(self._wait_s(count))
            elif missing:
                message = f"Missing any of the following permissions: {', '.join(missing)}"
                response = _refuse(403, "missing.any.permissions", message)
            else:
                response = await handler(request)
            return _with_headers(response, count)

        return Route(path, endpoint, methods=[method])

    def _wait_s(self, count: Count) -> int:
        return count.reset_s if count.used > count.allowed else 1


def _rate_limited(wait_s: int) -> Response:
    message = f"Rate limit exceeded the maximum. Retry the request in [{wait_s}] seconds"
    response = _refuse(429, "too.many.requests.retry.after", message)
    response.headers["Retry-After"] = str(wait_s)
    return response


def _with_headers(response: Response, count: Count) -> Response:
    response.headers["ININ-Correlation-Id"] = "00000000-0000-4000-8000-00000000c0de"
    response.headers["inin-ratelimit-count"] = str(count.used)
    response.headers["inin-ratelimit-allowed"] = str(count.allowed)
    response.headers["inin-ratelimit-reset"] = str(count.reset_s)
    return response


def _refuse(status: int, code: str, message: str) -> Response:
    return JSONResponse(error(status, code, message), status)


async def _unknown_path(_request: Request, _error: Exception) -> Response:
    return _refuse(404, "not found", "No such path.")
