"""The media host: signed URLs on a port of their own, behaving like an object store."""

import asyncio
import hashlib
import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import lru_cache

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from recordings_pipeline.simulator.faults import Faults, Traffic
from recordings_pipeline.simulator.replies import transcript_file
from recordings_pipeline.simulator.signing import refusal
from recordings_pipeline.simulator.world import World

BLOCK_BYTES = 64 * 1024
CACHED_FILES = 32
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class CutShort(Exception):
    """Ends a body before its announced length."""


@dataclass(frozen=True, slots=True)
class _Object:
    content: bytes
    content_type: str
    etag: str


class MediaHost:
    """Serves recordings and transcript files to whoever holds a signed URL."""

    def __init__(self, world: World, faults: Faults, traffic: Traffic) -> None:
        self._world = world
        self._faults = faults
        self._traffic = traffic
        self._audio = lru_cache(maxsize=CACHED_FILES)(self._rendered)
        self.app = Starlette(
            routes=[
                Route("/media/{id}", self.media, methods=["GET", "HEAD"]),
                Route("/transcripts/{id}", self.transcript, methods=["GET", "HEAD"]),
            ]
        )

    async def media(self, request: Request) -> Response:
        self._traffic.add("media_requests")
        refused = _refused(request)
        if refused is not None:
            return refused
        try:
            found = await asyncio.to_thread(self._audio, request.path_params["id"])
        except KeyError:
            return _xml(404, "NoSuchKey", "The specified key does not exist.")
        return self._answer(request, found)

    async def transcript(self, request: Request) -> Response:
        self._traffic.add("transcript_requests")
        refused = _refused(request)
        if refused is not None:
            return refused
        call = self._world.find(request.path_params["id"])
        if call is None or not call.is_transcribed:
            return _xml(404, "NoSuchKey", "The specified key does not exist.")
        content = json.dumps(transcript_file(self._world, call)).encode()
        return Response(content, media_type="application/json")

    def _rendered(self, recording_id: str) -> _Object:
        content = self._world.audio(recording_id)
        etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
        return _Object(content, "audio/wav", etag)

    def _answer(self, request: Request, found: _Object) -> Response:
        total = len(found.content)
        headers = {
            "ETag": found.etag,
            "Accept-Ranges": "bytes",
            "Content-Type": found.content_type,
            "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT",
        }
        match = _RANGE.fullmatch(request.headers.get("range", ""))
        condition = request.headers.get("if-range", found.etag)
        if request.headers.get("if-match", found.etag) != found.etag:
            return _xml(412, "PreconditionFailed", "A precondition did not hold.")
        if match is None or condition != found.etag:
            is_cut = self._faults.is_cut()
            return self._stream(found.content, 200, headers, is_cut=is_cut)
        first = int(match[1])
        last = min(int(match[2] or total - 1), total - 1)
        if first >= total:
            refused = _xml(416, "InvalidRange", "The requested range is not satisfiable")
            refused.headers["Content-Range"] = f"bytes */{total}"
            return refused
        self._traffic.add("resumed")
        headers["Content-Range"] = f"bytes {first}-{last}/{total}"
        return self._stream(found.content[first : last + 1], 206, headers, is_cut=False)

    def _stream(
        self, body: bytes, status: int, headers: dict[str, str], *, is_cut: bool
    ) -> Response:
        async def blocks() -> AsyncIterator[bytes]:
            for start in range(0, len(body), BLOCK_BYTES):
                if is_cut and start >= len(body) // 2:
                    raise CutShort
                block = body[start : start + BLOCK_BYTES]
                self._traffic.add("media_bytes", len(block))
                yield block

        length = {"Content-Length": str(len(body))}
        return StreamingResponse(blocks(), status, headers={**headers, **length})


def _refused(request: Request) -> Response | None:
    if "authorization" in request.headers:
        return _xml(400, "InvalidArgument", "Only one auth mechanism allowed")
    if request.method == "HEAD":
        return _xml(403, "SignatureDoesNotMatch", "The request signature does not match.")
    problem = refusal(request.url.path, request.url.query, time.time())
    return None if problem is None else _xml(403, *problem)


def _xml(status: int, code: str, message: str) -> Response:
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response(body, status, media_type="application/xml")
