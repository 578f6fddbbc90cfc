"""I14: what was erased is gone, and what is held stays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recordings_pipeline.core.invariants.violation import Violation

_TELL = "keep the directory as it is, and report it with the output of this command"


@dataclass(frozen=True, slots=True)
class Erased:
    """What there still is of a recording or a conversation that was erased.

    Attributes:
        thing: Such as ``recording`` and its id.
        places: Files with its id in their names, and tables that name it.
        is_told: Whether an event says that it was erased.
    """

    thing: str
    places: tuple[str, ...]
    is_told: bool = True


def erased_is_gone(found: Iterable[Erased]) -> Iterator[Violation]:
    """I14: what was erased has no bytes and no rows, and an event that tells so."""
    for erased in found:
        for place in erased.places:
            step = f"erase the conversation once more, or remove {place}"
            yield Violation("I14", erased.thing, f"erased, and {place} is left", step)
        if not erased.is_told:
            yield Violation("I14", erased.thing, "erased, and no event says so", _TELL)


@dataclass(frozen=True, slots=True)
class Erasure:
    """When a conversation was erased.

    Attributes:
        day: Of the conversation; empty where nobody knew.
        seq: Number of the event that began it.
    """

    conversation_id: str
    day: str
    seq: int


@dataclass(frozen=True, slots=True)
class HoldTime:
    """What a hold covered, and when.

    Attributes:
        conversation_id: Empty for a hold of days.
        first_day: Empty for a hold of a conversation.
        added: Number of the event that added it.
        released: Number of the event that released it; None while it holds.
    """

    hold_id: int
    conversation_id: str
    first_day: str
    last_day: str
    added: int
    released: int | None = None

    def was_on(self, erasure: Erasure) -> bool:
        """Say whether it held a conversation when its erasure began."""
        if erasure.seq < self.added or (self.released is not None and erasure.seq > self.released):
            return False
        if self.conversation_id:
            return self.conversation_id == erasure.conversation_id
        return self.first_day <= erasure.day <= self.last_day


def what_is_held_stays(
    holds: Iterable[HoldTime], erasures: Iterable[Erasure]
) -> Iterator[Violation]:
    """I14: nothing is erased while it is held."""
    known = list(holds)
    for erasure in erasures:
        for hold in known:
            if hold.was_on(erasure):
                thing = f"conversation {erasure.conversation_id}"
                yield Violation("I14", thing, f"erased while hold {hold.hold_id} held it", _TELL)
