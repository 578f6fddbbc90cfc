"""Ids that say where they belong: a look-up needs no list of everything that exists."""

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import date

import numpy as np

# Ordinal of 1 January 1917; two bytes count the days from there to 2096.
_FIRST_ORDINAL = 699_805
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What of a call an id names; only ever add at the end: the position is part of the id.
KINDS = (
    "conversation",
    "recording",
    "customer",
    "ivr",
    "acd",
    "agent",
    "transfer",
    "voicemail",
    "consult",
    "second",
    "screen",
    "snippet",
    "planted",
    "consulted",
    "orphan",
)


@dataclass(frozen=True, slots=True)
class Place:
    """The n-th call of a day, and what of it an id names."""

    day: date
    index: int
    kind: str


def is_uuid(text: str) -> bool:
    """Say whether a text is a lower-case UUID."""
    return _UUID.fullmatch(text) is not None


def make_id(seed: int, place: Place) -> str:
    """Return a lower-case version 4 UUID that `place_of` can read."""
    noise = _digest(seed, place.day, place.index, place.kind)
    days = place.day.toordinal() - _FIRST_ORDINAL
    value = bytearray(noise[:16])
    value[4:6] = days.to_bytes(2, "big")
    value[9] = KINDS.index(place.kind)
    value[10:13] = place.index.to_bytes(3, "big")
    return str(uuid.UUID(bytes=bytes(value), version=4))


def place_of(seed: int, text: str) -> Place | None:
    """Return what an id names; None for one that this world never gave out."""
    try:
        value = uuid.UUID(text).bytes
        kind = KINDS[value[9]]
    except (ValueError, IndexError):
        return None
    day = date.fromordinal(_FIRST_ORDINAL + int.from_bytes(value[4:6], "big"))
    place = Place(day, int.from_bytes(value[10:13], "big"), kind)
    return place if make_id(seed, place) == text else None


def named_id(seed: int, *parts: object) -> str:
    """Return a UUID for something that is no call: a queue, an agent, the organization."""
    return str(uuid.UUID(bytes=_digest(seed, *parts)[:16], version=4))


def generator(*parts: object) -> np.random.Generator:
    """Return a random generator that depends on its name alone."""
    key = int.from_bytes(_digest(*parts)[:16], "big")
    return np.random.Generator(np.random.Philox(key=key))


def _digest(*parts: object) -> bytes:
    return hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=32).digest()
