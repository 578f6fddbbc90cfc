"""The Merkle tree over the lines of a segment.

Source: RFC 6962, section 2.1: leaves and nodes are hashed with different prefixes, and a tree
splits at the largest power of two that is smaller than its number of leaves.
"""

import hashlib
from collections.abc import Iterable

_LEAF, _NODE = b"\x00", b"\x01"


def merkle_root(lines: Iterable[bytes]) -> str:
    """Return the root over some lines in their order, as lower-case hex.

    Whole subtrees of two, four, eight, … lines are joined as soon as they are complete, so that
    memory holds one hash for each power of two.
    """
    stack: list[tuple[int, bytes]] = []
    for line in lines:
        size, hashed = 1, hashlib.sha256(_LEAF + line).digest()
        while stack and stack[-1][0] == size:
            size, hashed = size * 2, _joined(stack.pop()[1], hashed)
        stack.append((size, hashed))
    if not stack:
        return hashlib.sha256(b"").hexdigest()
    root = stack.pop()[1]
    while stack:
        root = _joined(stack.pop()[1], root)
    return root.hex()


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
