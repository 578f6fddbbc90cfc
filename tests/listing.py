"""Recordings as the source lists them, for tests that begin after the index."""

from collections.abc import Iterable
from datetime import UTC, datetime

from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.standings import Listed, ListedConversation

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


def conversation(conversation_id: str, recordings: Iterable[Listed]) -> ListedConversation:
    """Return a conversation that was listed with some recordings, by metadata."""
    return ListedConversation(conversation_id, START, None, (), tuple(recordings))


def discovered(recording_id: str, **row: object) -> Listed:
    """Return a recording nobody has tried to fetch yet."""
    common = {"communication_id": None, "file_state": "AVAILABLE", "media": "audio"}
    named = {"recording_id": recording_id, "conversation_start_time": START}
    return Listed({**common, **named, **row}, Verdict(Outcome.DISCOVERED))
