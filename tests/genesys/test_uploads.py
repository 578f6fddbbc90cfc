"""Uploads that wait or failed are known from the source's own reports."""

from datetime import UTC, date, datetime

import pytest

from recordings_pipeline.core.gaps import UploadStatus
from recordings_pipeline.genesys.uploads import uploads_since
from recordings_pipeline.simulator.options import EVERY_PERMISSION
from tests.conftest import Start
from tests.genesys.conftest import Open

DATE = date(2026, 1, 31)
NIGHT = datetime(2026, 2, 1, tzinfo=UTC)
SINCE = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "state"), [(UploadStatus.PENDING, "UPLOADING"), (UploadStatus.FAILED, "ERROR")]
)
def test_a_report_names_the_conversations_whose_uploads_stand_like_that(
    start: Start, client_of: Open, status: UploadStatus, state: str
) -> None:
    simulator = start(world="hostile", calls_per_day=60, now=NIGHT, permissions=EVERY_PERMISSION)
    wanted = {
        call.conversation_id
        for call in simulator.world.calls(DATE)
        if call.file_state == state and call.end and call.end < NIGHT
    }

    found = uploads_since(client_of(simulator), SINCE, UploadStatus)

    assert wanted
    assert found is not None
    assert wanted <= found[status]
    assert all(not wanted & found[other] for other in UploadStatus if other is not status)


def test_without_the_permission_nobody_can_tell(start: Start, client_of: Open) -> None:
    assert uploads_since(client_of(start()), SINCE, UploadStatus) is None
