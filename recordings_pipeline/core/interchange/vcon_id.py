"""Ids of vCons: version 8 of RFC 9562, laid out like version 7."""

import hashlib
from datetime import datetime
from uuid import UUID

_VERSION, _VARIANT = 8 << 76, 2 << 62
_TWELVE_BITS, _FORTY_EIGHT_BITS = (1 << 12) - 1, (1 << 48) - 1


def vcon_id(conversation_id: str, created: datetime, host: str) -> str:
    """Return the id of a conversation's document; the same input makes the same id.

    Args:
        conversation_id: Stands for version 7's random bits.
        created: When the document is made.
        host: Whose documents these are; where there is none, the conversation's id tells them
            apart, which is as unique as a host.

    Source: draft-ietf-vcon-vcon-core-03, section 4.1.2.
    """
    milliseconds = int(created.timestamp() * 1_000) & _FORTY_EIGHT_BITS
    own = int.from_bytes(hashlib.sha256(conversation_id.encode()).digest()[:2]) & _TWELVE_BITS
    owner = hashlib.sha1((host or conversation_id).encode(), usedforsecurity=False).digest()
    low = int.from_bytes(owner[:8]) >> 2
    return str(UUID(int=milliseconds << 80 | _VERSION | own << 64 | _VARIANT | low))
