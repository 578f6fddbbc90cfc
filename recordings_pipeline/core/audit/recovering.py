"""What the sealed log still knows when a ledger was restored that is older than the log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.erasing import Order
from recordings_pipeline.core.holding import Hold

RECOVERED = "audit.recovered"
WHY = "the ledger was restored from a backup"
_BY = "; by "

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A conversation that was erased; ``day`` is None where nobody had indexed it."""

    conversation_id: str
    day: Day | None
    order: Order
    erased_time: datetime


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a restored ledger does not have.

    Attributes:
        events: As they were sealed, in order.
        holds: Those that were added.
        released: Who asked for the release of a hold and who confirmed it, by its number. A release
            that was only asked for is to be asked for again.
    """

    events: tuple[Event, ...]
    tombstones: tuple[Tombstone, ...]
    holds: tuple[Hold, ...]
    released: Mapping[int, Mapping[str, str]]

    @property
    def text(self) -> str:
        """How much it is, in words."""
        return (
            f"{len(self.events)} events, {len(self.tombstones)} tombstones, "
            f"{len(self.holds)} holds, {len(self.released)} releases"
        )

    def last_of(self, kind: str) -> dict[str, Event]:
        """Return the last event of each object whose action begins with a word and a dot."""
        return {e["object_id"]: e for e in self.events if e["action"].startswith(f"{kind}.")}


def lacking_of(events: Sequence[Event]) -> Lacking:
    """Read tombstones and holds out of sealed events."""
    found = tuple(events)
    return Lacking(
        found,
        tuple(_tombstone(e) for e in found if e["action"] == "erasure.begun"),
        tuple(_hold(e) for e in found if e["action"] == "hold.added"),
        _released(found),
    )


def _released(events: Iterable[Event]) -> dict[int, dict[str, str]]:
    asked: dict[int, dict[str, str]] = {}
    found: dict[int, dict[str, str]] = {}
    for event in events:
        number, action = event["object_id"].removeprefix("hold/"), event["action"]
        if action == "hold.release_asked":
            asked[int(number)] = {"asked_by": _who(event)[1]}
        elif action == "hold.released":
            found[int(number)] = {**asked.get(int(number), {}), "released_by": _who(event)[1]}
    return found


def attempt_of(event: Event) -> int:
    """Return which change of its object an event tells of."""
    return int(event["event_id"].removeprefix(f"{event['object_id']}/").partition("/")[0])


def recording_days(events: Iterable[Event]) -> frozenset[Day]:
    """Return the days whose recordings changed."""
    told = {e.get("day", "") for e in events if e["action"].startswith("recording.")}
    return frozenset(Day.from_key(day) for day in told if day)


def _tombstone(event: Event) -> Tombstone:
    day, why = event.get("day", ""), event.get("reason", "")
    by, when = event.get("actor", "unknown"), datetime.fromisoformat(event["event_time"])
    return Tombstone(
        event["object_id"], Day.from_key(day) if day else None, Order("", by, why=why), when
    )


def _hold(event: Event) -> Hold:
    text, by = _who(event)
    what, _, reason = text.partition(": ")
    first, _, last = what.partition(" to ")
    is_one = layout.is_id(what)
    return Hold(
        hold_id=int(event["object_id"].removeprefix("hold/")),
        conversation_id=what if is_one else "",
        first=None if is_one else date.fromisoformat(first),
        last=None if is_one else date.fromisoformat(last),
        reason=reason,
        held_by=by,
        held_time=datetime.fromisoformat(event["event_time"]),
    )


def _who(event: Event) -> tuple[str, str]:
    """Return an event's reason and who did it, which older versions had in its reason."""
    text: str = event.get("reason", "")
    if "actor" in event:
        return text, event["actor"]
    reason, _, by = text.rpartition(_BY)
    return reason, by
