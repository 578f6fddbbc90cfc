"""The source's own answers, kept compressed so that tables can be built again without asking."""

import errno
import gzip
import zlib
from io import BytesIO
from pathlib import Path
from typing import IO

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.sealing import Identity
from recordings_pipeline.storage.age_files import content_of
from recordings_pipeline.storage.durable import publish_bytes

# A transcript of a five-hour call is about 10 MB; what unpacks to more is not one.
MAX_RAW_BYTES = 200_000_000
# What says something about the file; others, such as no permission, say it about all files alike.
# gzip gives its own none.
_OF_THE_FILE = {None, errno.EIO, errno.EISDIR, errno.ENOENT}


def keep_raw(path: Path, content: bytes) -> None:
    """Keep an answer; equal content makes an equal file."""
    publish_bytes(path, gzip.compress(content, compresslevel=6, mtime=0))


def read_raw(path: Path) -> bytes:
    """Read an answer back.

    Raises:
        MalformedPayload: The file is damaged or gone, or unpacks to more than it can hold.
    """
    try:
        with path.open("rb") as file:
            return _unpacked(file, path.name)
    except OSError as error:
        if error.errno not in _OF_THE_FILE:
            raise
        raise MalformedPayload(path.name, error.strerror or "cannot be unpacked") from None


def read_sealed_raw(path: Path, identity: Identity) -> bytes:
    """Read an encrypted answer back.

    Raises:
        CannotOpen: The key does not open the file.
        MalformedPayload: The file is damaged or gone, or unpacks to more than it can hold.
    """
    try:
        content = content_of(path, identity, MAX_RAW_BYTES)
    except OSError as error:
        if error.errno not in _OF_THE_FILE:
            raise
        raise MalformedPayload(path.name, error.strerror or "cannot be read") from None
    return _unpacked(BytesIO(content), path.name)


def _unpacked(file: IO[bytes], name: str) -> bytes:
    try:
        content = gzip.GzipFile(fileobj=file).read(MAX_RAW_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise MalformedPayload(name, "cannot be unpacked") from None
    if len(content) > MAX_RAW_BYTES:
        raise MalformedPayload(name, "unpacks to more than a transcript can hold")
    return content
