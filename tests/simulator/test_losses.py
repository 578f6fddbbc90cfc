"""What was recorded and never came: analytics says so, and the upload report, or nobody."""

import json

import pytest

from recordings_pipeline.simulator.options import EVERY_PERMISSION
from tests.conftest import Start
from tests.simulator.raw import INTERVAL, caller, fetch
from tests.simulator.visits import DAY, NOW

REPORTS = "/api/v2/recording/uploads/reports"


@pytest.mark.parametrize(
    ("trait", "reports"),
    [("lost_upload", ["Failure"]), ("vanished", []), ("orphaned", []), ("adrift", [])],
    ids=str,
)
def test_a_lost_call_says_it_was_recorded_and_has_no_recording(
    start: Start, trait: str, reports: list[str]
) -> None:
    simulator = start(world="hostile", calls_per_day=None, now=NOW, permissions=EVERY_PERMISSION)
    me = caller(simulator)
    call = next(c for c in simulator.world.calls(DAY) if c.has(trait))

    told = me.get(f"/api/v2/analytics/conversations/{call.conversation_id}/details").json
    listed = me.get(f"/api/v2/conversations/{call.conversation_id}/recordingmetadata").json
    found = []
    for status in ("Pending", "Success", "Failure", "WaitForConversation"):
        since = {"dateSince": INTERVAL.partition("/")[0], "uploadStatus": status}
        path = f"{REPORTS}/{me.post(REPORTS, since).json['id']}"
        while "signedUrl" not in (report := me.get(path).json):
            pass
        rows = json.loads(fetch(report["signedUrl"]).body)
        found += [status for row in rows if row["conversationId"] == call.conversation_id]

    sessions = [session for one in told["participants"] for session in one["sessions"]]
    assert [s["sessionId"] for s in sessions if s.get("recording")] == [call.communication_id]
    assert listed == []
    assert found == reports
