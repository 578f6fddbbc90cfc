"""Delivers notices; it is here because nothing but this folder speaks HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from recordings_pipeline.core.errors import UnexpectedStatus, Unreachable
from recordings_pipeline.core.notices import Notice, Receiver, body_of, signed_headers
from recordings_pipeline.genesys.attempts import correlation_id, host_of

# The receiver says "taken" and works later; a tick of a sensor has 60 s for all its notices.
DEADLINE_S = 10.0


def _now() -> datetime:
    return datetime.now(UTC)


def deliver(receiver: Receiver, notice: Notice, clock: Callable[[], datetime] = _now) -> None:
    """Send one notice, once; redirects are not followed.

    Raises:
        Unreachable: Nobody answered.
        UnexpectedStatus: The answer is not 200 to 299, so that it may not have been taken.
    """
    body, host = body_of(notice), host_of(receiver.url)
    headers = signed_headers(receiver.key, notice.id, clock(), body)
    try:
        answer = httpx.post(receiver.url, content=body, headers=headers, timeout=DEADLINE_S)
    except httpx.RequestError as error:
        raise Unreachable(host, type(error).__name__) from None
    if not answer.is_success:
        raise UnexpectedStatus(f"POST {host}", answer.status_code, correlation_id(answer))
