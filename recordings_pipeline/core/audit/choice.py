"""Which events somebody asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recordings_pipeline.core.audit.schema import recording_of


@dataclass(frozen=True, slots=True)
class Choice:
    """What an event has to be about; None and no actions leave it open."""

    day: str | None = None
    conversation_id: str | None = None
    recording_id: str | None = None
    actions: frozenset[str] = frozenset()

    def fits(self, event: Mapping[str, Any]) -> bool:
        """Say whether an event is meant."""
        wanted = (
            (self.day, event.get("day")),
            (self.conversation_id, event.get("conversation_id")),
            (self.recording_id, recording_of(event)),
        )
        is_named = all(is_ is None or is_ == has for is_, has in wanted)
        return is_named and (not self.actions or event["action"] in self.actions)


def event_text(event: Mapping[str, Any], segment: int | None) -> tuple[str, ...]:
    """Return the cells that a person reads."""
    reason = event.get("reason", "")
    place = "not yet" if segment is None else str(segment)
    about = str(event["object_id"])
    by = event.get("actor", "")
    return str(event["seq"]), event["event_time"], event["action"], about, by, reason, place
