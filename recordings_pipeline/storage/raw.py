"""The source's own answers, kept compressed so that tables can be built again without asking."""

import gzip
import zlib
from pathlib import Path

from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.storage.durable import publish_bytes

# A transcript of a five-hour call is about 10 MB; what unpacks to more is not one.
MAX_RAW_BYTES = 200_000_000


def keep_raw(path: Path, content: bytes) -> None:
    """Keep an answer; equal content makes an equal file."""
    publish_bytes(path, gzip.compress(content, compresslevel=6, mtime=0))


def read_raw(path: Path) -> bytes:
    """Read an answer back.

    Raises:
        MalformedPayload: The file is damaged, or unpacks to more than it can hold.
    """
    try:
        with gzip.open(path) as file:
            content = file.read(MAX_RAW_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise MalformedPayload(path.name, "cannot be read back") from None
    if len(content) > MAX_RAW_BYTES:
        raise MalformedPayload(path.name, "unpacks to more than a transcript can hold")
    return content
