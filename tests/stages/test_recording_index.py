"""Which recordings a day holds, and who is asked about them again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recordings_pipeline.core.completeness import NOT_LISTED
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.layout import table_path
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.recording_index import index_day
from recordings_pipeline.storage.tables import read_rows
from tests.conftest import Start
from tests.hosts import Answer, Heard, Serve, changed
from tests.stages.conftest import DAY, Open

NEXT_DAY = Day.from_key("2026-02-01")
SUBMIT = "POST /api/v2/recording/batchrequests"


def rows(export: Export, day: Day) -> list[dict[str, object]]:
    return read_rows(export.home.path(table_path("recording_index", day)))


def test_a_conversation_over_midnight_belongs_to_the_day_of_its_start(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=4)
    export = opened(simulator)
    late = simulator.world.calls(DAY.date)[-1]
    assert late.start in DAY
    assert late.ended in NEXT_DAY

    index_day(export, DAY)
    index_day(export, NEXT_DAY)

    assert rows(export, DAY)[-1]["conversation_id"] == late.conversation_id
    assert late.conversation_id not in {row["conversation_id"] for row in rows(export, NEXT_DAY)}


def test_the_table_is_ordered_by_the_start_of_the_conversations(start: Start, opened: Open) -> None:
    simulator = start()
    export = opened(simulator)

    index_day(export, DAY)

    starts = [call.start for call in simulator.world.calls(DAY.date) if call.recording_id]
    assert [row["conversation_start_time"] for row in rows(export, DAY)] == starts


@pytest.mark.parametrize(
    ("day", "is_asked"),
    [(DAY, False), (Day(datetime.now(UTC).date()), True)],
    ids=["long settled", "still changing"],
)
def test_only_a_conversation_that_may_still_change_is_asked_again(
    start: Start,
    opened: Open,
    day: Day,
    is_asked: bool,  # noqa: FBT001
) -> None:
    simulator = start(calls_per_day=4, now=day.end + timedelta(hours=1))
    export = opened(simulator)
    first = index_day(export, day)
    before = simulator.traffic.routes[SUBMIT]

    again = index_day(export, day)

    assert simulator.traffic.routes[SUBMIT] - before == int(is_asked)
    assert again.counts == first.counts


def test_a_recording_deleted_at_the_source_is_missing_from_the_start(
    start: Start, opened: Open
) -> None:
    simulator = start(calls_per_day=4)
    export = opened(simulator)

    report = index_day(export, DAY)

    (deleted,) = [c for c in simulator.world.calls(DAY.date) if c.file_state == "DELETED"]
    standing = export.ledger.standings(DAY)[str(deleted.recording_id)]
    assert standing.verdict == Verdict(Outcome.MISSING, "deleted at the source")
    assert report.counts["missing"] == 1


def test_a_deferred_recording_is_asked_about_until_it_is_there(
    start: Start, serve: Serve, opened: Open
) -> None:
    simulator = start(calls_per_day=4)
    state = "UPLOADING"

    def change(recordings: list[dict[str, object]]) -> list[dict[str, object]]:
        return [recording | {"fileState": state} for recording in recordings]

    reply = changed(simulator, "recordingmetadata", change)
    theirs = {n: value for n, value in simulator.environment.items() if "CLIENT" in n}
    export = opened(serve(reply, reply), RECORDINGS_METADATA="always", **theirs)
    began = export.now()
    first = index_day(export, DAY)
    again = index_day(export, DAY)
    times = [standing.retry_time for standing in export.ledger.standings(DAY).values()]
    state = "AVAILABLE"

    last = index_day(export, DAY)

    assert first.counts["deferred"] == again.counts["deferred"] == 4
    assert all(time and time >= began + timedelta(hours=6) for time in times)
    assert last.counts["discovered"] == 4
    assert {s.retry_time for s in export.ledger.standings(DAY).values()} == {None}


@pytest.mark.parametrize("metadata", ["when_needed", "always"])
@pytest.mark.parametrize("is_listed", [True, False], ids=["as deleted", "not any more"])
def test_what_was_deleted_before_it_was_exported_is_missing_and_what_is_ours_stays(
    start: Start,
    serve: Serve,
    opened: Open,
    is_listed: bool,  # noqa: FBT001
    metadata: str,
) -> None:
    now = DAY.end + timedelta(hours=1)
    simulator = start(calls_per_day=4, now=now)
    is_deleted = False

    def change(found: Any) -> Any:  # noqa: ANN401 (whatever the platform says)
        if not is_deleted:
            return found
        if isinstance(found, list):
            return [item | {"fileState": "DELETED"} for item in found] if is_listed else []
        error = {"errorMsg": "The recording has been deleted."}
        results = [item | error for item in found.get("results", ()) if is_listed]
        return found | {"results": results} if "results" in found else found

    passed = changed(simulator, "recordingmetadata", change)
    batches = changed(simulator, "batchrequests", change)

    def reply(heard: Heard) -> Answer:
        return (batches if "batchrequests" in heard.path else passed)(heard)

    theirs = {n: value for n, value in simulator.environment.items() if "CLIENT" in n}
    opening = opened(serve(reply, passed), RECORDINGS_METADATA=metadata, **theirs)
    export = replace(opening, clock=lambda: now)
    index_day(export, DAY)
    ids = sorted(export.ledger.standings(DAY))
    export.ledger.settle(ids[0], Verdict(Outcome.EXPORTED), now)
    is_deleted = True

    index_day(export, DAY)
    index_day(export, DAY)

    reason = "deleted at the source" if is_listed else NOT_LISTED
    found = {id_: known.verdict for id_, known in export.ledger.standings(DAY).items()}
    assert found.pop(ids[0]) == Verdict(Outcome.EXPORTED)
    assert {found[id_].outcome for id_ in found} == {Outcome.MISSING}
    assert Verdict(Outcome.MISSING, reason) in found.values()


def test_progress_ends_with_everything_done(start: Start, opened: Open) -> None:
    shown: list[tuple[str, int, int]] = []
    export = replace(opened(start(calls_per_day=4)), progress=lambda *args: shown.append(args))

    index_day(export, DAY)

    assert shown == [("recording_index", 4, 4)]
