"""Tells the audit log who took something out of the archive, and which; not what was in it."""

from recordings_pipeline.core.holding import Person
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.conversation import Place


def tell_access(archive: Archive, place: Place, how: str, by: Person) -> None:
    """Keep an event; the next run seals it, as who only reads has no key.

    Args:
        archive: Out of which.
        place: What is handed out.
        how: The command.
        by: Who typed it.
    """
    archive.ledger.events.accessed(
        place.recording_id or place.conversation_id,
        {
            "event_time": archive.clock(),
            "conversation_id": place.conversation_id,
            "day": place.day.key,
            "reason": how,
            "actor": by.actor,
        },
    )
