"""Recordings by another way than the day: by retention, as orphans, as uploads under way."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from recordings_pipeline.simulator.options import EVERY_PERMISSION
from tests.conftest import Start
from tests.simulator.raw import DAY, Caller, caller, fetch

QUERY = "/api/v2/recordings/retention/query"
REPORTS = "/api/v2/recording/uploads/reports"
NOW = datetime(2026, 2, 3, tzinfo=UTC)


@pytest.fixture
def me(start: Start) -> Caller:
    """Be somebody in an organization with a bit of everything."""
    options = {"world": "small", "calls_per_day": 40, "now": NOW}
    return caller(start(**options, permissions=EVERY_PERMISSION))


def test_the_next_page_is_where_it_says_and_nothing_is_listed_twice(me: Caller) -> None:
    pages, path = [], f"{QUERY}?retentionThresholdDays=36&pageSize=7"
    while path:
        pages.append(me.get(path).json)
        path = pages[-1].get("nextUri", "")

    rows = [row["recordingId"] for page in pages for row in page["entities"]]
    calls = [
        call
        for back in range(36, 41)
        for call in me.simulator.world.calls(NOW.date() - timedelta(days=back))
        if call.start <= NOW - timedelta(days=36)
    ]
    expected = [r.id for call in calls for r in call.recordings if r.file_state != "DELETED"]
    assert len(pages) > 2
    assert all(len(page["entities"]) == 7 for page in pages[:-1])
    assert sorted(rows) == sorted(expected)


def test_a_threshold_is_needed(me: Caller) -> None:
    assert me.get(QUERY).status == 400


@pytest.mark.parametrize("status", ["Pending", "Success", "Failure"])
def test_a_report_lists_the_uploads_of_a_status(me: Caller, status: str) -> None:
    since = {"dateSince": f"{DAY}T00:00:00.000Z", "uploadStatus": status}
    report = me.post(REPORTS, since).json["id"]
    first = me.get(f"{REPORTS}/{report}").json
    done = me.get(f"{REPORTS}/{report}").json

    rows = fetch(done["signedUrl"]).json

    states = {"Pending": "UPLOADING", "Failure": "ERROR"}
    assert (first["state"], "signedUrl" in first) == ("InProgress", False)
    assert done["state"] == "Completed"
    assert urlsplit(done["signedUrl"]).netloc == urlsplit(me.simulator.media_url).netloc
    assert rows
    for row in rows:
        path = f"/api/v2/conversations/{row['conversationId']}/recordingmetadata"
        if status in states:
            assert states[status] in {item["fileState"] for item in me.get(path).json}


def test_an_orphan_can_be_read_alone(me: Caller) -> None:
    listed = me.get("/api/v2/orphanrecordings").json["entities"]

    assert me.get(f"/api/v2/orphanrecordings/{listed[1]['id']}").json == listed[1]
