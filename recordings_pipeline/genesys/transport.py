"""Carries the SDK's questions over httpx: deadlines, token, retries, allowance, plain errors."""

import json
import logging
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from recordings_pipeline.core.errors import (
    MalformedPayload,
    NotFound,
    PermissionMissing,
    RecordingsError,
    UnexpectedStatus,
)
from recordings_pipeline.core.fields import parsed
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.core.settings import Settings
from recordings_pipeline.core.wire import error_text
from recordings_pipeline.genesys.attempts import Attempts, correlation_id
from recordings_pipeline.genesys.auth import Tokens
from recordings_pipeline.genesys.budget import REAL_TIME, Clock, Gate, WindowStore
from recordings_pipeline.genesys.lanes import Lanes
from recordings_pipeline.genesys.meter import Meter
from recordings_pipeline.genesys.whole_answer import whole_answer

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _LAST_GOOD = 401, 403, 404, 299
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
# What belongs to the client that asked for it, whatever the permissions of another one.
_JOB = re.compile(r"GET .*/(batchrequests|details/jobs|uploads/reports)/\{id\}")
_OWN = "or it is another client's: only the OAuth client that made it may read it"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer the SDK hands back unread: its models lose unknown enum words and fail on null."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    def getheaders(self) -> Mapping[str, str]:
        """Return the headers by the name the SDK asks for."""
        return self.headers


class ApiTransport:
    """One HTTP stack for every question; threads may share it."""

    def __init__(
        self,
        settings: Settings,
        stop: threading.Event,
        store: WindowStore | None = None,
        *,
        share: float = 1.0,
        clock: Clock = REAL_TIME,
    ) -> None:
        # At INFO httpx logs whole URLs, which a root handler would store.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self.meter = Meter()
        self.gate = Gate(self.meter, stop, store, share=share, clock=clock)
        self._http = httpx.Client(timeout=TIMEOUT, follow_redirects=False)
        lanes = Lanes(settings.api_connections, stop)
        self._attempts = Attempts(self.gate, self.meter, lanes)
        self._tokens = Tokens(settings, self._http, self._attempts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
    ) -> Reply:
        """Send a question and return a good answer.

        Raises:
            TransientError: It kept failing, or nobody answered.
            PermissionMissing: 403.
            NotFound: 404.
            UnexpectedStatus: Anything else but 2xx.
        """
        route = f"{method} {_ID.sub('{id}', urlsplit(url).path)}"
        content = None if body is None else json.dumps(body).encode()

        def send(token: Secret) -> httpx.Response:
            headers = {
                "Accept": "application/json",
                "Content-Type": "application/json",
                "Authorization": f"Bearer {token.reveal()}",
            }
            return whole_answer(
                self._http, method, url, what=route, params=query, content=content, headers=headers
            )

        token = self._tokens.current()
        answer = self._attempts.answer(route, lambda: send(token))
        if answer.status_code == _UNAUTHORIZED:
            fresh = self._tokens.replace(token)
            answer = self._attempts.answer(route, lambda: send(fresh))
        if answer.status_code > _LAST_GOOD:
            raise _refusal(route, answer)
        return Reply(answer.status_code, answer.headers, answer.content)


def _refusal(route: str, answer: httpx.Response) -> RecordingsError:
    if answer.status_code == _NOT_FOUND:
        return NotFound(route)
    if answer.status_code == _FORBIDDEN:
        error = PermissionMissing(route, _reason(answer), correlation_id(answer))
        return replace(error, advice=f"{error.advice}; {_OWN}") if _JOB.search(route) else error
    return UnexpectedStatus(route, answer.status_code, correlation_id(answer))


def _reason(answer: httpx.Response) -> str:
    try:
        return error_text(parsed(answer.content, "error")) or "no reason given"
    except MalformedPayload:
        return "no reason given"
