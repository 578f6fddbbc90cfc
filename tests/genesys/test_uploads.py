"""Uploads under way are known from the source's own report."""

from datetime import UTC, date, datetime

from recordings_pipeline.genesys.uploads import pending_conversations
from recordings_pipeline.simulator.options import EVERY_PERMISSION
from tests.conftest import Start
from tests.genesys.conftest import Open

DATE = date(2026, 1, 31)
NIGHT = datetime(2026, 2, 1, tzinfo=UTC)
SINCE = datetime(2026, 1, 31, tzinfo=UTC)


def test_the_report_names_conversations_whose_uploads_are_pending(
    start: Start, client_of: Open
) -> None:
    simulator = start(world="hostile", calls_per_day=60, now=NIGHT, permissions=EVERY_PERMISSION)
    uploading = {
        call.conversation_id
        for call in simulator.world.calls(DATE)
        if call.file_state == "UPLOADING" and call.end and call.end < NIGHT
    }

    assert uploading
    assert uploading <= pending_conversations(client_of(simulator), SINCE)


def test_without_the_permission_nobody_can_tell(start: Start, client_of: Open) -> None:
    assert pending_conversations(client_of(start()), SINCE) == frozenset()
