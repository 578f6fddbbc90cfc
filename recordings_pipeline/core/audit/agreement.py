"""Does the ledger hold what its own events tell of recordings, erasures and holds?

The sealed log proves the events; these prove the rest of the ledger by them. Somebody who exchanges
a file and its digest, or removes a hold, has to change events as well, and those are sealed.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from recordings_pipeline.core.model import Outcome


@dataclass(frozen=True, slots=True)
class Told:
    """What the last event of a recording says of it."""

    outcome: str
    size_bytes: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What the ledger holds of a recording.

    Attributes:
        outcome: None where it holds none of that id.
        sizes: Of its files in bytes, in order of their numbers.
        digests: SHA-256 of each, in hexadecimal.
    """

    outcome: str | None
    sizes: tuple[int, ...] = ()
    digests: tuple[str, ...] = ()


def digest_of_all(digests: Sequence[str]) -> str | None:
    """Return what an event tells of a recording's files; None for no file.

    Of one file it is its SHA-256; of several the SHA-256 over theirs in hexadecimal, a line each.
    """
    if len(digests) < 2:  # noqa: PLR2004 (a file alone)
        return digests[0] if digests else None
    return hashlib.sha256("".join(f"{one}\n" for one in digests).encode()).hexdigest()


def recording_disagrees(told: Told, held: Held) -> str | None:
    """Say how a recording is otherwise than its last event says; None for nothing."""
    if held.outcome is None:
        return f"is not in the ledger, and its last event says {told.outcome}"
    if held.outcome != told.outcome:
        return f"is {held.outcome}, and its last event says {told.outcome}"
    if told.outcome != Outcome.EXPORTED:
        return None
    if told.size_bytes != sum(held.sizes):
        return f"has {sum(held.sizes)} bytes, and its last event says {told.size_bytes}"
    # Events of several files told no digest once.
    is_known = told.sha256 is not None or len(held.digests) == 1
    if is_known and told.sha256 != digest_of_all(held.digests):
        return "has another digest than its last event says"
    return None


def hold_disagrees(actions: Collection[str], *, is_released: bool | None) -> str | None:
    """Say how a hold is otherwise than its events say; None for nothing.

    Args:
        actions: Of its events.
        is_released: None where the ledger holds none of that number.
    """
    if is_released is None:
        return "is not in the ledger, and an event says that it was added"
    if "hold.added" not in actions:
        return "is in the ledger, and no event says that it was added"
    if is_released != ("hold.released" in actions):
        return f"{'is' if is_released else 'is not'} released, and its events say otherwise"
    return None


def erasure_disagrees(actions: Collection[str], *, is_done: bool | None) -> str | None:
    """Say how an erasure is otherwise than its events say; None for nothing.

    Args:
        actions: Of its conversation's events.
        is_done: None where the ledger holds no tombstone.
    """
    if is_done is None:
        return "has no tombstone in the ledger, and an event says that it was erased"
    if "erasure.begun" not in actions:
        return "has a tombstone, and no event says that it was erased"
    if is_done != ("conversation.erased" in actions):
        return "was erased to another extent than its events say"
    return None
