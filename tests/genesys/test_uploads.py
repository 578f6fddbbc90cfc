"""Uploads that wait or failed are known from the source's own reports."""

from datetime import UTC, date, datetime

import pytest

from recordings_pipeline.core.gaps import UploadStatus
from recordings_pipeline.core.unanswered import Unanswered
from recordings_pipeline.genesys.client import open_client
from recordings_pipeline.genesys.uploads import uploads_since
from recordings_pipeline.simulator.options import EVERY_PERMISSION
from tests.conftest import Start
from tests.genesys.conftest import Open
from tests.hosts import Answer, Patience, Serve, reply_json, settings_for

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
    assert not isinstance(found, Unanswered)
    assert wanted <= found[status]
    assert all(not wanted & found[other] for other in UploadStatus if other is not status)


def test_without_the_permission_nobody_can_tell(start: Start, client_of: Open) -> None:
    told = uploads_since(client_of(start()), SINCE, UploadStatus)

    assert isinstance(told, Unanswered)
    assert told.is_refused


@pytest.mark.parametrize(
    "answer", [reply_json(["odd"]), Answer(404), Answer(418)], ids=["odd", "404", "418"]
)
def test_an_answer_that_makes_no_sense_is_no_report_and_stops_nothing(
    serve: Serve, client_of: Open, answer: Answer
) -> None:
    told = uploads_since(client_of(serve(lambda _heard: answer)), SINCE, UploadStatus)

    assert isinstance(told, Unanswered)
    assert not told.is_refused


@pytest.mark.parametrize(
    ("state", "cause"), [("Failed", "failed"), ("InProgress", "took longer than 30 s")]
)
def test_a_report_that_fails_or_is_too_slow_is_named_as_the_cause(
    serve: Serve, state: str, cause: str
) -> None:
    host = serve(lambda _heard: reply_json({"id": "report", "state": state}))

    with open_client(settings_for(host), Patience()) as client:
        told = uploads_since(client, SINCE, UploadStatus)

    assert told == Unanswered(f"the source's report on uploads {cause}")
