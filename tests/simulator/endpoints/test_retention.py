"""Recordings by another way than the day: by retention, as orphans, as uploads under way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from recordings_pipeline.simulator.options import EVERY_PERMISSION
from tests.conftest import Start
from tests.simulator import visits
from tests.simulator.raw import DAY, Caller, caller, fetch

QUERY = "/api/v2/recordings/retention/query"
REPORTS = "/api/v2/recording/uploads/reports"
NOW = datetime(2026, 2, 3, tzinfo=UTC)
EVERYTHING = {"permissions": EVERY_PERMISSION}


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


ORPHANS = "/api/v2/orphanrecordings"


@pytest.fixture
def careless(start: Start) -> Caller:
    """Be somebody in an organization that loses recordings, two and a half days later."""
    return caller(start(world="hostile", calls_per_day=90, now=visits.NOW, **EVERYTHING))


def test_an_orphan_says_whose_it_is_or_not_and_can_be_read_alone(careless: Caller) -> None:
    listed = {one["id"]: one for one in careless.get(f"{ORPHANS}?pageSize=500").json["entities"]}
    calls = [call for call in careless.simulator.world.calls(DAY) if call.orphan_id]

    assert {trait for trait in ("orphaned", "adrift") for call in calls if call.has(trait)} == {
        "orphaned",
        "adrift",
    }
    for call in calls:
        one = listed[str(call.orphan_id)]
        whose = call.conversation_id if call.has("orphaned") else None
        assert one["recording"].get("conversationId") == whose
        assert (one["orphanStatus"] == "NO_CONVERSATION") is (whose is None)
        assert datetime.fromisoformat(one["createdTime"]).date() == DAY
        assert careless.get(f"{ORPHANS}/{call.orphan_id}").json == one
        path = f"/api/v2/conversations/{call.conversation_id}/recordingmetadata"
        assert careless.get(path).json == []


def test_orphans_with_a_known_conversation_can_be_asked_for_and_media_left_out(
    careless: Caller,
) -> None:
    def ids(query: str) -> list[str]:
        found = careless.get(f"{ORPHANS}?pageSize=500&{query}").json["entities"]
        return [one["recording"].get("conversationId", "") for one in found]

    assert {*ids("hasConversation=true")} == {*ids("hasConversation=false")} - {""}
    assert ids("media=Call") == ids("")
    assert ids("media=Screen") == []


def test_no_more_than_the_cap_is_told_unless_the_conversation_is_known(
    start: Start, tmp_path: Path
) -> None:
    text = "calls_per_day = 30\n[seconds]\nmedian = 4\nspread = 0.1\nshortest = 3\nlongest = 5\n"
    (tmp_path / "lost.toml").write_text(f"{text}[share]\norphaned = 1.0\n")
    me = caller(start(world=str(tmp_path / "lost.toml"), calls_per_day=None, now=NOW, **EVERYTHING))

    whole, known = (me.get(f"{ORPHANS}?hasConversation={word}").json for word in ("false", "true"))

    assert whole["total"] == 500
    assert known["total"] > 500
    assert [len(page["entities"]) for page in (whole, known)] == [25, 25]


def test_an_orphan_is_there_an_hour_after_its_call_and_not_before(start: Start) -> None:
    me = caller(start(world="hostile", calls_per_day=90, now=visits.NOW, **EVERYTHING))
    call = next(call for call in me.simulator.world.calls(DAY) if call.orphan_id)
    early = caller(start(world="hostile", calls_per_day=90, now=call.ended, **EVERYTHING))

    assert me.get(f"{ORPHANS}/{call.orphan_id}").status == 200
    assert early.get(f"{ORPHANS}/{call.orphan_id}").status == 404
