"""Fetches a small file, such as a transcript or a report, from a signed URL into memory."""

import threading
from collections.abc import Callable, Mapping

from recordings_pipeline.core.errors import (
    AnswerUnusable,
    Interrupted,
    LinkExpired,
    TransferInterrupted,
)
from recordings_pipeline.core.peers import Peers
from recordings_pipeline.core.secrets import SignedUrl
from recordings_pipeline.genesys.answers import Ending, Receiver
from recordings_pipeline.genesys.media import MediaReader, ReaderLimits

# Longer than any transcript or report takes.
DEADLINE_S = 300.0
_STOP_CHECK_S = 0.1
_OK = 200


def _ignored(_size: int) -> None:
    """Count nothing."""


def read_small(
    url: SignedUrl,
    peers: Peers,
    *,
    most_bytes: int,
    stop: threading.Event,
    received: Callable[[int], None] = _ignored,
) -> bytes:
    """Fetch a small file, such as a transcript, into memory.

    Args:
        url: The signed URL.
        peers: Whose addresses it may lead to.
        most_bytes: More than that is not what was asked for.
        stop: Set it to end the transfer.
        received: Called with the size of each block.

    Raises:
        LinkExpired: The host answered with another status than 200.
        AnswerUnusable: It is larger than ``most_bytes``.
        TransferInterrupted: It broke off.
        Interrupted: The run was asked to stop.
    """
    answer = _SmallFile(most_bytes, received)
    reader = MediaReader(ReaderLimits(peers=peers))
    try:
        reader.start(url, {"Accept-Encoding": "identity"}, answer, DEADLINE_S)
        ended: list[tuple[Receiver, Ending]] = []
        while not ended:
            if stop.is_set():
                raise Interrupted
            ended = reader.finished(_STOP_CHECK_S)
    finally:
        reader.close()
    return answer.taken(ended[0][1])


class _SmallFile:
    """Keeps a body of status 200 in memory."""

    def __init__(self, most_bytes: int, received: Callable[[int], None]) -> None:
        self._most_bytes = most_bytes
        self._received = received
        self._status = 0
        self._content = bytearray()

    def begin(self, status: int, _headers: Mapping[str, str]) -> bool:
        self._status = status
        return status == _OK

    def write(self, data: bytes | memoryview) -> None:
        self._received(len(data))
        self._content += data
        if len(self._content) > self._most_bytes:
            raise AnswerUnusable(f"the host sent more than {self._most_bytes} bytes")

    def taken(self, ending: Ending) -> bytes:
        """Return the content, or raise what stands in its way."""
        if ending.failure is not None:
            raise ending.failure
        if ending.problem is not None:
            raise TransferInterrupted(len(self._content), 0, ending.problem)
        if self._status != _OK:
            raise LinkExpired
        return bytes(self._content)
