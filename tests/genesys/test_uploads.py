"""Uploads under way are known from the source's own report."""

from datetime import UTC, date, datetime

from recordings_pipeline.core.gaps import UploadStatus
from recordings_pipeline.genesys.uploads import uploads_since
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
    found = uploads_since(client_of(simulator), SINCE, [UploadStatus.PENDING])
    assert found is not None
    assert uploading <= found[UploadStatus.PENDING]


def test_without_the_permission_nobody_can_tell(start: Start, client_of: Open) -> None:
    assert uploads_since(client_of(start()), SINCE, [UploadStatus.PENDING]) is None
