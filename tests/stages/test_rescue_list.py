"""The rescue list over HTTP: what the source will not keep for long, and we do not have."""

from datetime import UTC, datetime, timedelta

import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import MalformedPayload
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.genesys.retention import retained_recordings
from recordings_pipeline.simulator.call import Call
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.day import run_stage
from recordings_pipeline.stages.rescue_list import list_rescues
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start
from tests.hosts import Answer, Heard, Serve, reply_json
from tests.stages.conftest import Open

# The simulator archives after 90 days and lists what is up to 40 days old.
AHEAD = "60"
DAY = Day(datetime.now(UTC).date() - timedelta(days=35))
ID = "11111111-1111-4111-8111-111111111111"


def kept(simulator: Simulator) -> list[Call]:
    return [c for c in simulator.world.calls(DAY.date) if c.recording_id]


def test_what_was_exported_is_off_the_list_and_what_was_withheld_is_on_it(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=4)
    export = opened(simulator, RECORDINGS_RESCUE_DAYS=AHEAD)
    before = list_rescues(export)
    for stage in ("recording_index", "audio_files"):
        run_stage(export, stage, DAY)

    after = list_rescues(export)

    calls = {str(call.recording_id): call for call in kept(simulator)}
    mine = {r.recording_id: r for r in after.rescues if r.recording_id in calls}
    told = {r.recording_id for r in before.rescues}
    assert {id_ for id_, c in calls.items() if c.file_state != "DELETED"} == told & calls.keys()
    assert [calls[id_].is_sensitive for id_ in mine] == [True]
    (withheld,) = mine.values()
    assert withheld.outcome is Outcome.FORBIDDEN
    assert "viewSensitiveData" in withheld.reason
    assert 50 <= withheld.days_left <= 56


def test_the_table_holds_the_list_and_is_empty_when_nothing_is_in_danger(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=4)

    some = list_rescues(export := opened(simulator, RECORDINGS_RESCUE_DAYS=AHEAD))
    rows = read_rows(export.home.path(layout.RESCUE_LIST))
    none = list_rescues(other := opened(simulator))

    assert rows == [rescue.row() for rescue in some.rescues]
    assert none.rescues == ()
    assert read_rows(other.home.path(layout.RESCUE_LIST)) == []


def test_pages_are_followed_to_the_end_or_the_list_says_that_it_is_not_whole(
    start: Start, opened: Open
) -> None:
    export = opened(start(calls_per_day=20))

    everything, is_whole = retained_recordings(export.client)
    some, is_some_whole = retained_recordings(export.client, most_pages=1)

    assert is_whole
    assert len({found.recording_id for found in everything}) == len(everything) > len(some) == 500
    assert not is_some_whole


def test_a_cursor_that_goes_in_circles_is_refused(serve: Serve, opened: Open) -> None:
    item = {"recordingId": ID, "conversationId": ID}

    def reply(_heard: Heard) -> Answer:
        return reply_json({"entities": [item], "nextUri": "/api/v2/x?cursor=again"})

    with pytest.raises(MalformedPayload, match="repeats its cursor"):
        retained_recordings(opened(serve(reply)).client)
