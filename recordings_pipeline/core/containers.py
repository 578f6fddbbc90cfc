"""What a file really is, told from its first bytes; its name and announced type may lie."""

import re

# Codec names of analytics media statistics that end in one of the containers above.
SUPPORTED_CODECS = frozenset(
    {"audio/opus", "audio/pcmu", "audio/pcma", "audio/l16", "audio/g722", "audio/g729"}
)
HEAD_BYTES = 64
_MAGIC = (
    (8, b"WAVE", "wav"),
    (0, b"OggS", "ogg"),
    (0, b"\x1aE\xdf\xa3", "webm"),
    (4, b"ftyp", "m4a"),
    (0, b"\xff\xf1", "aac"),
    (0, b"\xff\xf9", "aac"),
    (0, b"ID3", "mp3"),
)
# An e-mail starts with a header line (RFC 5322, 2.2).
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,40}:")


def container_of(head: bytes) -> str | None:
    """Name the container of a file that starts with ``head``.

    Args:
        head: The first `HEAD_BYTES` bytes, or the whole file if it is shorter.

    Returns:
        ``wav``, ``ogg``, ``webm``, ``mp3``, ``aac`` or ``m4a``, which is also the extension;
        None when it is none of them.
    """
    for offset, magic, container in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return container
    return "mp3" if _is_mpeg_frame(head) else None


def text_container_of(head: bytes) -> str | None:
    """Name the form of a chat, an e-mail or a message thread: ``zip``, ``json`` or ``eml``.

    Args:
        head: The first `HEAD_BYTES` bytes, or the whole file if it is shorter.
    """
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    if head.lstrip()[:1] in (b"{", b"["):
        return "json"
    return "eml" if _HEADER_LINE.match(head) else None


def _is_mpeg_frame(head: bytes) -> bool:
    """Eleven set bits start a frame of MPEG audio; AAC, which shares them, was ruled out before."""
    return head[:1] == b"\xff" and head[1:2] >= b"\xe0"
