"""A server that lets every first byte wait, as a distant one does.

``python late_server.py FOLDER SECONDS`` prints its port, then serves the folder's files from memory
until it is ended. It knows GET, keep-alive and nothing else.
"""

import asyncio
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def late_server(folder: Path, delay_s: float) -> Generator[tuple[int, str]]:
    """Run it for the length of a ``with`` block; yields process id and base URL."""
    command = [sys.executable, __file__, str(folder), str(delay_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 (our own command)
        try:
            port = server.stdout.readline().strip() if server.stdout else ""
            yield server.pid, f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


async def serve(files: Mapping[str, bytes], delay_s: float) -> None:
    """Answer until the process ends."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(delay_s)
                writer.write(_answer_to(request, files))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def files_below(folder: Path) -> dict[str, bytes]:
    """Read every file, by path of its URL."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {f"/{path.relative_to(folder)}": path.read_bytes() for path in paths}


def _answer_to(request: bytes, files: Mapping[str, bytes]) -> bytes:
    path = request.split(b" ", 2)[1].partition(b"?")[0].decode()
    body = files.get(path)
    if body is None:
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    head = f'HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nETag: "{len(body)}"\r\n'
    return head.encode() + b"Content-Type: audio/wav\r\n\r\n" + body


if __name__ == "__main__":
    asyncio.run(serve(files_below(Path(sys.argv[1])), float(sys.argv[2])))
