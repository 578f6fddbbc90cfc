"""The media host: signed URLs on a port of their own, behaving like an object store."""

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from recordings_pipeline.simulator.catalogue import bomb
from recordings_pipeline.simulator.contents import FORMATS, Content, Held, media_of
from recordings_pipeline.simulator.distortions import distorted
from recordings_pipeline.simulator.endpoints.retention import KIND as REPORT
from recordings_pipeline.simulator.endpoints.retention import report_file
from recordings_pipeline.simulator.faults import Alter, Cut, Distort, Rewrite
from recordings_pipeline.simulator.faults import Request as Asked
from recordings_pipeline.simulator.replies.transcript import transcript_file
from recordings_pipeline.simulator.signing import refusal
from recordings_pipeline.simulator.site import Hit, Site
from recordings_pipeline.simulator.wire import Body, Wired, answered, cut_at

CACHED_TRANSCRIPTS = 256
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})|bytes=-(\d{1,15})")
_LAST_MODIFIED = "Thu, 01 Jan 2026 00:00:00 GMT"
_MORE, _LESS = 1_000, 1_000


def media_host_of(site: Site) -> Starlette:
    """Return the application behind the media port."""
    host = _MediaHost(site)
    return Starlette(
        routes=[
            Route("/media/{id}/{file}", host.media, methods=["GET", "HEAD"]),
            Route("/transcripts/{conversation}/{id}", host.transcript, methods=["GET", "HEAD"]),
            Route("/reports/{id}", host.report, methods=["GET", "HEAD"]),
        ]
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a request asks of some content.

    Attributes:
        first: First byte that is sent.
        last: First byte that is not.
    """

    status: int
    first: int
    last: int


class _MediaHost:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._told = lru_cache(maxsize=CACHED_TRANSCRIPTS)(self._transcript)

    async def media(self, request: Request) -> Wired:
        """Serve a file of a recording."""
        return await self._serve(request, "media", self._media)

    async def transcript(self, request: Request) -> Wired:
        """Serve a transcript file."""
        return await self._serve(
            request, "transcript", lambda ids: self._told(ids["conversation"], ids["id"])
        )

    async def report(self, request: Request) -> Wired:
        """Serve a report on uploads."""
        return await self._serve(request, "report-file", self._report)

    async def _serve(
        self, request: Request, route: str, find: Callable[[Mapping[str, str]], Content]
    ) -> Wired:
        turn = self._site.state.turn(f"GET /{route}", None, time.monotonic())
        self._site.catch_up(turn.revision)
        self._site.state.add({f"{route}_requests": 1})
        refused = _refused(request)
        if refused is not None:
            return refused
        ids = request.path_params
        try:
            content = find(ids)
            if not content.is_ready:
                await asyncio.to_thread(lambda: content.size)
        except KeyError:
            return _xml(404, "NoSuchKey", "The specified key does not exist.")
        is_range = "range" in request.headers
        asked = Asked(route, is_api=False, key=ids["id"], number=turn.number, is_range=is_range)
        hit = self._site.hit(asked)
        if hit is not None and hit.act == Alter("bomb"):
            await asyncio.to_thread(bomb)
        return self._counted(route, _answer(request, content, hit, turn.number))

    def _counted(self, route: str, wired: Wired) -> Wired:
        """Count what is about to be sent, so that a client that has it finds it counted.

        What is not sent after all, because the client goes away, is counted when that is known.
        """
        planned = _planned(wired)
        amounts = {f"{route}_bytes": planned}
        if wired.status == 206:
            amounts["resumed"] = 1
        if wired.act is not None:
            amounts["cut_bodies"] = 1
        self._site.state.count_later(f"status GET /{route} {wired.status}")
        self._site.state.add(amounts)

        def tell(written: int) -> None:
            if written < planned:
                self._site.state.add({f"{route}_unsent_bytes": planned - written})

        return replace(wired, tell=tell)

    def _media(self, ids: Mapping[str, str]) -> Content:
        recording, file = self._site.world.recording(ids["id"]), ids["file"]
        call = self._site.world.find(ids["id"])
        if recording is None or call is None:
            raise KeyError(file)
        if self._site.file_state(recording, call) not in ("AVAILABLE", "ARCHIVED", "RESTORED"):
            raise KeyError(file)
        if file in FORMATS:
            return media_of(recording, 1, file)
        if not file.isdigit() or not 1 <= int(file) <= recording.file_count:
            raise KeyError(file)
        return media_of(recording, int(file), None)

    def _transcript(self, conversation_id: str, recording_id: str) -> Content:
        call, recording = (
            self._site.world.find(conversation_id),
            self._site.world.recording(recording_id),
        )
        if call is None or recording is None or recording.conversation_id != conversation_id:
            raise KeyError(recording_id)
        content = json.dumps(transcript_file(self._site, call, recording)).encode()
        return Held(content, "application/json")

    def _report(self, ids: Mapping[str, str]) -> Content:
        job = self._site.state.polled(REPORT, ids["id"], polls=0)
        if job is None:
            raise KeyError(ids["id"])
        return Held(json.dumps(report_file(self._site, job)).encode(), "application/json")


def _answer(request: Request, content: Content, hit: Hit | None, number: int) -> Wired:
    """Answer as an object store does, unless something is to go wrong."""
    if hit is not None and hit.suffers("bomb"):
        headers = {"Content-Type": content.content_type, "Content-Encoding": "gzip"}
        return answered(200, headers, bomb())
    if hit is not None and isinstance(hit.act, Distort):
        content = _distorted(content, hit, hit.act)
    etag = content.etag
    if hit is not None and hit.suffers("change-etag"):
        etag = f'{etag[:-1]}-{number}"'
    if not _matches(request.headers.get("if-match", "*"), etag):
        return _xml(412, "PreconditionFailed", "A precondition did not hold.")
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Type": content.content_type,
        "Last-Modified": _LAST_MODIFIED,
    }
    wanted = _wanted(request, content.size, etag, hit)
    if wanted is None:
        total = {"Content-Range": f"bytes */{content.size}"}
        return _xml(416, "InvalidRange", "The requested range is not satisfiable", total)
    if wanted.status == 206:
        headers["Content-Range"] = f"bytes {wanted.first}-{wanted.last - 1}/{content.size}"
    body = Body(wanted.last - wanted.first, content.blocks(wanted.first, wanted.last))
    return _sent(wanted.status, headers, body, hit)


def _distorted(content: Content, hit: Hit, act: Distort) -> Content:
    """Change what is JSON; sound stays as it is."""
    if content.content_type != "application/json":
        return content
    payload = json.loads(b"".join(content.blocks(0, content.size)))
    changed = distorted(act.how, payload)
    return content if changed is None or not hit.fires() else Held(changed, content.content_type)


def _sent(status: int, headers: Mapping[str, str], body: Body, hit: Hit | None) -> Wired:
    """Send a body, unless something is to happen to it on its way."""
    if hit is None or isinstance(hit.act, Distort):
        return answered(status, headers, body)
    if hit.suffers("announce-more"):
        return _lying(status, headers, body, by=_MORE)
    if body.size > 1 and hit.suffers("announce-less"):
        return _lying(status, headers, body, by=-min(_LESS, body.size // 2))
    if isinstance(hit.act, Alter) or not hit.fires():
        return answered(status, headers, body)
    return answered(status, headers, body, hit.act)


def _wanted(request: Request, size: int, etag: str, hit: Hit | None) -> _Wanted | None:
    """Return what to send; None for a range that cannot be satisfied."""
    whole = _Wanted(200, 0, size)
    match = _RANGE.fullmatch(request.headers.get("range", ""))
    if match is None or request.headers.get("if-range", etag) != etag:
        return whole
    first = int(match[1]) if match[1] else max(size - int(match[3]), 0)
    last = min(int(match[2] or size - 1), size - 1)
    if hit is not None and hit.suffers("ignore-range"):
        return whole
    if first >= size or (hit is not None and hit.suffers("refuse-range")):
        return None
    # A range that ends before it begins is none, and the whole is sent (RFC 9110, 14.1.1).
    if last < first:
        return whole
    if hit is not None and hit.suffers("wrong-range"):
        return _Wanted(206, first - 1 if first else min(1, last), last + 1)
    return _Wanted(206, first, last + 1)


def _matches(condition: str, etag: str) -> bool:
    return condition.strip() == "*" or etag in [part.strip() for part in condition.split(",")]


def _lying(status: int, headers: Mapping[str, str], body: Body, *, by: int) -> Wired:
    """Announce another length than is sent."""
    return Wired(status, {**headers, "Content-Length": str(body.size + by)}, body, Rewrite({}))


def _planned(wired: Wired) -> int:
    """Return how many bytes of a body will be sent."""
    if isinstance(wired.act, Cut):
        return cut_at(wired.act, wired.body.size)
    return wired.body.size


def _refused(request: Request) -> Wired | None:
    if "authorization" in request.headers:
        return _xml(400, "InvalidArgument", "Only one auth mechanism allowed")
    if request.method == "HEAD":
        return _xml(403, "SignatureDoesNotMatch", "The request signature does not match.")
    problem = refusal(request.url.path, request.url.query, time.time())
    return None if problem is None else _xml(403, *problem)


def _xml(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Wired:
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    return answered(status, {"Content-Type": "application/xml", **(headers or {})}, body)
