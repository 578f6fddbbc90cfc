"""An answer of the API, read to its end as long as that is no more than an answer can be.

httpx unpacks whatever comes: a quarter of a megabyte of gzip is a quarter of a gigabyte of zeros.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from recordings_pipeline.core.errors import MalformedPayload

# A page of a thousand conversations has 10 to 30 MB.
MOST_BYTES = 128_000_000
# What is unpacked at once is at most a thousand times as much.
_PIECE_BYTES = 16_384
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def whole_answer(
    http: httpx.Client,
    method: str,
    url: str,
    *,
    what: str,
    most_bytes: int = MOST_BYTES,
    **options: Any,  # noqa: ANN401 (those of httpx)
) -> httpx.Response:
    """Ask, and return an answer whose body is read and unpacked.

    Args:
        http: Who asks.
        method: How.
        url: What.
        what: What it is called in messages.
        most_bytes: Most that a body may have, unpacked.
        options: More of `httpx.Client.stream`, such as ``headers``.

    Raises:
        MalformedPayload: The body is larger; what came of it is gone.
        httpx.RequestError: There is no whole answer.
    """
    with http.stream(method, url, **options) as answer:
        body = bytearray()
        for piece in answer.iter_bytes(_PIECE_BYTES):
            body += piece
            if len(body) > most_bytes:
                most = f"{most_bytes // 1_000_000} MB"
                raise MalformedPayload(what, f"the answer unpacks to more than {most}")
        return httpx.Response(
            answer.status_code,
            headers=_kept(answer.headers),
            content=bytes(body),
            request=answer.request,
        )


def _kept(headers: httpx.Headers) -> Mapping[str, str]:
    """Return what is still true of a body that was unpacked."""
    return {name: value for name, value in headers.items() if name not in _OF_THE_WIRE}
