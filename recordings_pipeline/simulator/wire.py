"""Answers on the wire, right or wrong: what no web framework lets an application do.

uvicorn keeps its transport to itself; `Protocol` hands it to the application, so that a body can
stop in the middle, a connection be reset, and a length be a lie.
"""

import asyncio
import contextlib
import fcntl
import socket
import struct
import sys
import termios
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from recordings_pipeline.simulator.faults import Act, Cut, Drip, Replace, Rewrite

_TRANSPORT = "simulator.transport"
_DRIP_BYTES = 100
# Longer than any client's patience; the client's own end is noticed much earlier.
_HANG_S = 3_600.0
_POLL_S = 0.01
_FLUSH_S = 10.0
# Closing with this option set throws away what is unsent and resets the connection.
_LINGER_NOT = struct.pack("ii", 1, 0)


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, showing the application its transport."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: dict[str, Any] = {_TRANSPORT: {"transport": self.transport}}
        self.scope["extensions"] = extensions


@dataclass(frozen=True, slots=True)
class Body:
    """A body of known size that is made while it is sent."""

    size: int
    blocks: Iterable[bytes | memoryview]


@dataclass(frozen=True, slots=True)
class Wired:
    """An answer as an ASGI application, with what is to go wrong with it on its way."""

    status: int
    headers: Mapping[str, str]
    body: Body
    act: Act | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer, right or wrong."""
        del receive
        if self.act is not None:
            await _misbehave(scope["extensions"][_TRANSPORT]["transport"], self)
            return
        headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        sent = 0
        has_body = self.body.size > 0 and scope["method"] != "HEAD"
        for block in self.body.blocks if has_body else ():
            sent += len(block)
            more = sent < self.body.size
            await send({"type": "http.response.body", "body": block, "more_body": more})
        if not has_body:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def answered(
    status: int, headers: Mapping[str, str], body: bytes | Body, act: Act | None = None
) -> Wired:
    """Return an answer with its length announced."""
    whole = Body(len(body), (body,)) if isinstance(body, bytes) else body
    with_length = {**headers, "Content-Length": str(whole.size)}
    if isinstance(act, Replace):
        length = str(len(act.body))
        kept = {k: v for k, v in headers.items() if k.lower().startswith(("inin-", "x-"))}
        changed = {
            **kept,
            "Content-Type": act.content_type,
            **act.headers,
            "Content-Length": length,
        }
        return Wired(act.status, changed, Body(len(act.body), (act.body,)))
    return Wired(status, with_length, whole, act if isinstance(act, Cut | Drip | Rewrite) else None)


async def _misbehave(transport: asyncio.Transport, answer: Wired) -> None:
    """Write an answer by hand and leave the connection as the fault wants it."""
    match answer.act:
        case Cut(after, how):
            await _cut(transport, answer, after, how)
        case Drip(rate):
            transport.write(_head(answer.status, answer.headers))
            async for piece in _slowly(answer.body, rate):
                if transport.is_closing():
                    return
                transport.write(piece)
            transport.close()
        case Rewrite(changes):
            headers = {**answer.headers, **{k: v for k, v in changes.items() if v is not None}}
            gone = {name for name, value in changes.items() if value is None}
            headers = {k: v for k, v in headers.items() if k not in gone}
            transport.write(_head(answer.status, headers))
            for block in answer.body.blocks:
                transport.write(block)
                await asyncio.sleep(0)
            transport.close()
        case _:
            transport.close()


async def _cut(transport: asyncio.Transport, answer: Wired, after: float, how: str) -> None:
    left = int(after if after > 1 else after * answer.body.size)
    if left or how == "close":
        transport.write(_head(answer.status, answer.headers))
    for block in answer.body.blocks:
        transport.write(block[:left])
        left -= min(left, len(block))
        if not left:
            break
        await asyncio.sleep(0)
    if how == "hang":
        await _hang(transport)
    elif how == "reset":
        await _flushed(transport)
        with contextlib.suppress(OSError):
            transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT
            )
    transport.close()


async def _hang(transport: asyncio.Transport) -> None:
    """Say nothing more until the client goes."""
    for _ in range(int(_HANG_S / _POLL_S)):
        if transport.is_closing():
            return
        await asyncio.sleep(_POLL_S)


async def _flushed(transport: asyncio.Transport) -> None:
    """Wait until the client's kernel has what was written: a reset throws the rest away."""
    number = transport.get_extra_info("socket").fileno()
    for _ in range(int(_FLUSH_S / _POLL_S)):
        unsent = transport.get_write_buffer_size()
        if not transport.is_closing() and not unsent:
            answer = fcntl.ioctl(number, termios.TIOCOUTQ, bytes(4))
            unsent = int.from_bytes(answer, sys.byteorder)
        if transport.is_closing() or not unsent:
            return
        await asyncio.sleep(_POLL_S)


async def _slowly(body: Body, bytes_per_s: float) -> AsyncIterator[bytes]:
    for block in body.blocks:
        for start in range(0, len(block), _DRIP_BYTES):
            yield bytes(block[start : start + _DRIP_BYTES])
            await asyncio.sleep(_DRIP_BYTES / bytes_per_s)


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")
