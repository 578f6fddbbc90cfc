"""EBML elements: an id, a length, content.

Source: RFC 8794, sections 4 to 6.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

# More children than the header, Info or Tracks of an honest file have.
_MOST_CHILDREN = 64


@dataclass(frozen=True, slots=True)
class Element:
    """The start of an element.

    Attributes:
        length: Of its content; None when it was written live and runs to the next of its level.
        header: Bytes before the content.
    """

    number: int
    length: int | None
    header: int


# The longest id and the longest length.
HEADER_BYTES = 12


def element(data: bytes, at: int) -> Element | None:
    """Read the element at an offset; None when none starts there."""
    if at + 2 > len(data) or data[at] < 0x10:
        return None
    width = 9 - data[at].bit_length()
    first = at + width
    if first >= len(data) or data[first] == 0:
        return None
    length_width = 9 - data[first].bit_length()
    end = first + length_width
    if end > len(data):
        return None
    length = int.from_bytes(data[first:end], "big") & ((1 << 7 * length_width) - 1)
    is_live = length == (1 << 7 * length_width) - 1
    number = int.from_bytes(data[at:first], "big")
    return Element(number, None if is_live else length, end - at)


def children(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (id, content) of the elements some content consists of; stops where none starts."""
    at = 0
    for _ in range(_MOST_CHILDREN):
        found = element(data, at)
        if found is None or found.length is None:
            return
        start = at + found.header
        yield found.number, data[start : start + found.length]
        at = start + found.length


def unsigned(content: bytes) -> int:
    """Read an unsigned integer."""
    return int.from_bytes(content[:8], "big")


def real(content: bytes) -> float:
    """Read a floating-point number; 0 for anything that is no finite one."""
    if len(content) not in (4, 8):
        return 0.0
    (number,) = struct.unpack(">f" if len(content) == 4 else ">d", content)
    return number if math.isfinite(number) else 0.0
