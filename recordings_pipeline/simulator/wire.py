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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from recordings_pipeline.simulator.faults import Act, Cut, Drip, Replace, Rewrite

_LINE = "simulator.line"
# What drips does so a hundred bytes at a time, or as many as come within a hundredth of a second.
_DRIP_BYTES, _DRIP_S = 100, 0.01
_POLL_S = 0.01
# Closing with this option set throws away what is unsent and resets the connection.
_LINGER_NOT = struct.pack("ii", 1, 0)


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, showing the application its transport."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: dict[str, Any] = {_LINE: {"line": _Line(self.transport, self.flow)}}
        self.scope["extensions"] = extensions


@dataclass(frozen=True, slots=True)
class _Line:
    """A connection to write to by hand."""

    transport: asyncio.Transport
    flow: FlowControl

    @property
    def is_gone(self) -> bool:
        return self.transport.is_closing()

    async def write(self, data: bytes | memoryview) -> None:
        """Write, no faster than the client reads."""
        self.transport.write(data)
        await self.flow.drain()


@dataclass(frozen=True, slots=True)
class Body:
    """A body of known size that is made while it is sent."""

    size: int
    blocks: Iterable[bytes | memoryview]


def _untold(_written: int) -> None:
    """Nobody wants to know how much of a body was written."""


@dataclass(frozen=True, slots=True)
class Wired:
    """An answer as an ASGI application, with what is to go wrong with it on its way.

    Attributes:
        tell: Called with how many bytes of the body were written, once that is known: fewer than
            were to be when the client has gone.
    """

    status: int
    headers: Mapping[str, str]
    body: Body
    act: Act | None = None
    tell: Callable[[int], None] = _untold

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer, right or wrong."""
        is_head = scope["method"] == "HEAD"
        blocks = () if is_head else self.body.blocks
        line: _Line = scope["extensions"][_LINE]["line"]
        if self.act is not None:
            try:
                self.tell(await _misbehave(line, replace(self, body=Body(self.body.size, blocks))))
                # Before its end uvicorn would add an answer of its own.
                while (await receive())["type"] != "http.disconnect":
                    continue
            except asyncio.CancelledError:
                # So it would when the server stops.
                line.transport.abort()
                raise
            return
        headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        sent = 0
        has_body = self.body.size > 0 and not is_head
        for block in blocks if has_body else ():
            if line.is_gone:
                break
            sent += len(block)
            more = sent < self.body.size
            await send({"type": "http.response.body", "body": block, "more_body": more})
        if not has_body:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        self.tell(sent)


def answered(
    status: int, headers: Mapping[str, str], body: bytes | Body, act: Act | None = None
) -> Wired:
    """Return an answer with its length announced."""
    whole = Body(len(body), (body,)) if isinstance(body, bytes) else body
    with_length = {**headers, "Content-Length": str(whole.size)}
    if isinstance(act, Replace):
        kept = {k: v for k, v in headers.items() if k.lower().startswith("inin-")}
        kind, length = {"Content-Type": act.content_type}, {"Content-Length": str(len(act.body))}
        changed = {**kept, **kind, **act.headers, **length}
        return Wired(act.status, changed, Body(len(act.body), (act.body,)))
    return Wired(status, with_length, whole, act if isinstance(act, Cut | Drip | Rewrite) else None)


def cut_at(act: Cut, size: int) -> int:
    """Return how many bytes of a body are sent before it is cut."""
    return min(size, int(act.after if act.after >= 1 else act.after * size))


async def _misbehave(line: _Line, answer: Wired) -> int:
    """Write an answer by hand and leave the connection as the fault wants it.

    Returns:
        How many bytes of the body were written.
    """
    written = 0
    match answer.act:
        case Cut() as cut:
            written = await _cut(line, answer, cut)
            if cut.how == "hang":
                return written
        case Drip(rate):
            await line.write(_head(answer.status, answer.headers))
            written = await _drip(line, answer.body, rate)
        case Rewrite(changes):
            headers = {**answer.headers, **{k: v for k, v in changes.items() if v is not None}}
            gone = {name for name, value in changes.items() if value is None}
            headers = {k: v for k, v in headers.items() if k not in gone}
            await line.write(_head(answer.status, headers))
            written = await _pour(line, answer.body, answer.body.size)
        case _:
            pass
    line.transport.close()
    return written


async def _cut(line: _Line, answer: Wired, cut: Cut) -> int:
    written = 0
    if cut.after:
        await line.write(_head(answer.status, answer.headers))
        written = await _pour(line, answer.body, cut_at(cut, answer.body.size))
    if cut.how == "reset":
        await _flushed(line.transport)
        with contextlib.suppress(OSError):
            line.transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT
            )
    return written


async def _pour(line: _Line, body: Body, size: int) -> int:
    """Write the first bytes of a body, and return how many there were of them."""
    left = size
    for block in body.blocks:
        if line.is_gone or not left:
            break
        await line.write(block[:left])
        left -= min(left, len(block))
    return size - left


async def _drip(line: _Line, body: Body, bytes_per_s: float) -> int:
    """Write a body at a rate, and return how many bytes were written."""
    amount = max(_DRIP_BYTES, int(bytes_per_s * _DRIP_S))
    clock = asyncio.get_running_loop().time
    began, written = clock(), 0
    for block in body.blocks:
        for start in range(0, len(block), amount):
            if line.is_gone:
                return written
            drop = block[start : start + amount]
            await line.write(drop)
            written += len(drop)
            # Of the time that has passed, not of each drop: a late one does not lower the rate.
            await asyncio.sleep(began + written / bytes_per_s - clock())
    return written


async def _flushed(transport: asyncio.Transport) -> None:
    """Wait until the client's kernel has what was written: a reset throws the rest away."""
    connection = transport.get_extra_info("socket")
    while not transport.is_closing():
        unsent = transport.get_write_buffer_size()
        if not unsent:
            answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4))
            unsent = int.from_bytes(answer, sys.byteorder)
        if not unsent:
            return
        await asyncio.sleep(_POLL_S)


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")
