"""A second opinion on the wire: the protocol of the product's reader, spoken by httpx."""

import asyncio
import ssl
from collections import deque
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit

import httpx

from recordings_pipeline.core.headers import header_mapping
from recordings_pipeline.core.secrets import SignedUrl
from recordings_pipeline.genesys.answers import Ending, Receiver
from recordings_pipeline.genesys.media import ReaderLimits

_Request = tuple[SignedUrl, Mapping[str, str], Receiver, float]


class HttpxReader:
    """Runs one request after the other; used by one thread."""

    def __init__(self, limits: ReaderLimits) -> None:
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(limits.low_speed_s, connect=limits.connect_s),
            follow_redirects=False,
            trust_env=False,
            verify=_authorities(),
        )
        self._queue: deque[_Request] = deque()
        self.waited_s = 0.0

    @property
    def active(self) -> int:
        return len(self._queue)

    def start(
        self, url: SignedUrl, headers: Mapping[str, str], receiver: Receiver, deadline_s: float
    ) -> None:
        """Put a request at the end of the queue."""
        self._queue.append((url, headers, receiver, deadline_s))

    def finished(self, wait_s: float) -> list[tuple[Receiver, Ending]]:  # noqa: ARG002 (protocol)
        """Run the first request of the queue to its end."""
        if not self._queue:
            return []
        request = self._queue.popleft()
        return [(request[2], self._runner.run(self._ending(*request)))]

    def hand_over(self) -> None:
        """Do nothing: all has been handed over."""

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    async def _ending(
        self, url: SignedUrl, headers: Mapping[str, str], receiver: Receiver, deadline_s: float
    ) -> Ending:
        feed = _Feed(receiver)
        if not _is_allowed(url):
            return Ending("neither https nor this machine")
        try:
            async with asyncio.timeout(deadline_s):
                await self._stream(url, headers, feed)
        except (httpx.HTTPError, TimeoutError) as error:
            # The text of an error may hold the URL, its name never does.
            return Ending(type(error).__name__)
        return Ending(None, feed.failure)

    async def _stream(self, url: SignedUrl, headers: Mapping[str, str], feed: "_Feed") -> None:
        async with self._client.stream("GET", url.reveal(), headers=dict(headers)) as answer:
            if not feed.begin(answer.status_code, header_mapping(answer.headers.multi_items())):
                return
            async for data in answer.aiter_raw():
                if not feed.write(data):
                    return


class _Feed:
    """Keeps what the receiver raises apart from what the wire raises."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self.failure: BaseException | None = None

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        try:
            return self._receiver.begin(status, headers)
        except BaseException as error:  # noqa: BLE001 (handed over with the ending)
            self.failure = error
            return False

    def write(self, data: bytes) -> bool:
        try:
            self._receiver.write(data)
        except BaseException as error:  # noqa: BLE001 (handed over with the ending)
            self.failure = error
            return False
        return True


@cache
def _authorities() -> ssl.SSLContext:
    """Read them once: that takes longer than a transfer."""
    return ssl.create_default_context()


def _is_allowed(url: SignedUrl) -> bool:
    parts = urlsplit(url.reveal())
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "127.0.0.1")
