"""One request, tried until it succeeds or the budget is spent: for the API and the login alike."""

import logging
import random
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx

from recordings_pipeline.core.concurrency import is_setback
from recordings_pipeline.core.errors import (
    RateLimited,
    RecordingsError,
    ServerFailed,
    Unreachable,
)
from recordings_pipeline.core.fields import NotJson, looks_like_json
from recordings_pipeline.core.retries import (
    API,
    DEFAULT_RETRY_AFTER_S,
    is_worth_retrying,
    retry_after_s,
    wait_s,
)
from recordings_pipeline.genesys.budget import Gate
from recordings_pipeline.genesys.lanes import Lanes
from recordings_pipeline.genesys.meter import Meter

_TOO_MANY = 429
# Accepted, and no content.
_MAY_BE_EMPTY = (202, 204)
# A header is anybody's: what is told of it has to be a type and nothing else.
_TYPE = re.compile(r"([a-z]{1,20}/[a-z0-9.+-]{1,40})[ ]*(?:;|$)", re.IGNORECASE)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempts:
    """Sends requests through lanes and gate, waits out what will pass, and counts what it cost."""

    gate: Gate
    meter: Meter
    lanes: Lanes

    def answer(self, route: str, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Return the first answer that another attempt would not change.

        Args:
            route: Method and path template, for messages.
            send: Sends the request once.

        Raises:
            Unreachable: No answer, again and again; or none from a host that can be trusted.
            RateLimited: 429 outlasted the budget.
            ServerFailed: 5xx outlasted the budget.
            NotJson: So did an answer that is none of the server's.
            Interrupted: The run was asked to stop.
        """
        failures = 0
        while True:
            answer = self._once(route, send)
            if isinstance(answer, httpx.Response) and not _may_pass(answer):
                return answer
            if isinstance(answer, httpx.RequestError) and (reason := _mistrust(answer)):
                raise Unreachable(host_of(str(answer.request.url)), reason) from None
            failures += 1
            asked_s = self._asked_s(answer)
            pause = wait_s(API, failures, asked_s, random.random())  # noqa: S311 (jitter)
            failure = _failure(route, answer, asked_s)
            if pause is None:
                raise failure from None
            logger.debug("%s; attempt %d in %.1f s", failure, failures + 1, pause)
            if isinstance(failure, RateLimited):
                self.gate.close_for(pause)
            else:
                self.gate.wait(pause)

    def _once(
        self, route: str, send: Callable[[], httpx.Response]
    ) -> httpx.Response | httpx.RequestError:
        cuts, is_bad = self.lanes.enter(), False
        try:
            number = self.gate.enter()
            began = time.monotonic()
            answer = self._sent(route, send, number)
            status = answer.status_code if isinstance(answer, httpx.Response) else None
            is_bad = is_setback(status, time.monotonic() - began)
            return answer
        finally:
            self.lanes.leave(cuts, is_setback=is_bad)

    def _sent(
        self, route: str, send: Callable[[], httpx.Response], number: int
    ) -> httpx.Response | httpx.RequestError:
        self.meter.called(route)
        headers = None
        try:
            response = send()
            headers = response.headers
        except httpx.RequestError as error:  # no answer, or a body that cannot be unpacked
            return error
        finally:
            self.gate.leave(number, headers)
        if response.status_code == _TOO_MANY:
            self.meter.rate_limited()
        return response

    def _asked_s(self, answer: httpx.Response | httpx.RequestError) -> float | None:
        if not isinstance(answer, httpx.Response):
            return None
        asked = retry_after_s(answer.headers, datetime.now(UTC))
        if asked is None and answer.status_code == _TOO_MANY:
            return DEFAULT_RETRY_AFTER_S
        return asked


def _may_pass(answer: httpx.Response) -> bool:
    """Say whether another attempt may change an answer.

    A good one without JSON, or without anything where something has to be said, is that of a proxy
    which has other troubles.
    """
    if answer.is_success and answer.status_code not in _MAY_BE_EMPTY:
        return not looks_like_json(answer.content)
    return is_worth_retrying(answer.status_code)


def _failure(
    route: str, answer: httpx.Response | httpx.RequestError, asked_s: float | None
) -> RecordingsError:
    """Turn what httpx knows into our words: its own texts carry the whole URL."""
    if isinstance(answer, httpx.RequestError):
        return Unreachable(host_of(str(answer.request.url)), type(answer).__name__)
    if answer.status_code == _TOO_MANY:
        return RateLimited(route, asked_s or 0.0)
    if answer.is_success:
        found = _TYPE.match(answer.headers.get("content-type", ""))
        kind = found[1] if found else ""
        return NotJson(route, kind, len(answer.content), correlation_id(answer))
    return ServerFailed(route, answer.status_code, correlation_id(answer))


def _mistrust(error: BaseException | None) -> str:
    """Say why a host's certificate was refused; empty when that is not what happened.

    Another attempt cannot change it, and who answers might be anybody.
    """
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted: {error.verify_message}"
        error = error.__cause__ or error.__context__
    return ""


def host_of(url: str) -> str:
    """Return host and port of a URL, all that a message may say of it."""
    return urlsplit(url).netloc.rpartition("@")[2]


def correlation_id(answer: httpx.Response) -> str:
    """Return what the vendor's support asks for first."""
    return str(answer.headers.get("inin-correlation-id", ""))
