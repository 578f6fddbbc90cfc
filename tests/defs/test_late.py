"""Days are run when something of them is due: once for each time, and never beside a run."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import dagster as dg
import pytest

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.gaps import Gap, GapKind
from recordings_pipeline.core.model import Outcome, TranscriptState, Verdict
from recordings_pipeline.core.standings import DayStanding, TranscriptStanding
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.late import late_sensor
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.stages.late import late_days
from recordings_pipeline.storage.home import Home
from recordings_pipeline.storage.ledger import Ledger
from tests.listing import conversation, discovered

HOUR = timedelta(hours=1)
DAY = Day(datetime.now(UTC).date() - timedelta(days=3))
NOW = DAY.end + 30 * HOUR
ID = str(UUID(int=1))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A provisional day that was looked at an hour ago, with one recording."""
    Home(tmp_path).prepare()
    with closing(Ledger(tmp_path / layout.LEDGER)) as ledger:
        ledger.listed(DAY, NOW - HOUR, [conversation(ID, [discovered(ID)])])
        ledger.days.indexed(DayStanding(DAY, NOW - HOUR, False, ("it may change",), 1, 0))  # noqa: FBT003
    return tmp_path


def stands(root: Path, outcome: Outcome, retry_time: datetime | None) -> None:
    with closing(Ledger(root / layout.LEDGER)) as ledger:
        ledger.settle(ID, Verdict(outcome, "why"), NOW, retry_time=retry_time)


def told(root: Path, state: TranscriptState, asked: datetime, retry: datetime | None) -> None:
    with closing(Ledger(root / layout.LEDGER)) as ledger:
        ledger.transcripts.settle(DAY, TranscriptStanding(ID, ID, state, asked, retry))


def due(root: Path, now: datetime = NOW) -> dict[Day, tuple[datetime, str]]:
    return {day: (found.time, found.reason) for day, found in late_days(root, now).due.items()}


@pytest.mark.parametrize("outcome", [Outcome.RETRY, Outcome.DEFERRED])
def test_a_recording_is_due_at_its_own_time_and_not_before(root: Path, outcome: Outcome) -> None:
    at = NOW + HOUR
    stands(root, outcome, at)

    assert due(root, at - HOUR / 60) == {}
    assert due(root, at) == {DAY: (at, "1 recordings are to be tried again")}


def test_what_is_exported_or_has_no_time_is_never_due(root: Path) -> None:
    stands(root, Outcome.RETRY, None)
    assert due(root) == {}
    stands(root, Outcome.EXPORTED, NOW - HOUR)

    assert due(root) == {}


def test_a_failed_transcript_is_due_at_its_time_and_a_pending_one_every_six_hours(
    root: Path,
) -> None:
    told(root, TranscriptState.FAILED, NOW - HOUR, NOW)
    assert due(root) == {DAY: (NOW, "1 transcripts are to be tried again")}

    told(root, TranscriptState.PENDING, NOW, NOW + HOUR)
    assert due(root, NOW + 5 * HOUR) == {}
    assert due(root, NOW + 6 * HOUR) == {DAY: (NOW + 6 * HOUR, "1 transcripts may have come")}


def test_a_recording_that_should_be_there_is_asked_for_every_six_hours(root: Path) -> None:
    with closing(Ledger(root / layout.LEDGER)) as ledger:
        ledger.days.keep_gaps(DAY, [Gap(ID, ID, GapKind.MAY_COME, "late", "wait", False)])  # noqa: FBT003

    assert due(root, NOW + 4 * HOUR) == {}
    assert due(root, NOW + 5 * HOUR) == {DAY: (NOW + 5 * HOUR, "1 recordings may have come")}


def test_a_day_older_than_two_weeks_is_left_to_the_look_back_and_today_to_its_end(
    root: Path,
) -> None:
    stands(root, Outcome.RETRY, DAY.start)

    assert list(due(root, DAY.end)) == [DAY]
    assert due(root, DAY.start + timedelta(days=14, hours=12))
    assert due(root, DAY.start + timedelta(days=15)) == {}
    assert due(root, DAY.end - HOUR) == {}


def test_a_day_somebody_works_on_is_not_due_until_he_is_done(root: Path) -> None:
    stands(root, Outcome.RETRY, NOW)
    with Home(root).day_lock(DAY):
        found = late_days(root, NOW)

    assert (found.due, found.busy) == ({}, (DAY,))
    assert list(due(root)) == [DAY]


def tick(
    root: Path, instance: dg.DagsterInstance | None = None
) -> tuple[list[dg.RunRequest], str | None]:
    """Evaluate a tick at the present instant; return what it requests, or why nothing."""
    repository = defs.get_repository_def()
    with (
        dg.DagsterInstance.ephemeral() as own,
        dg.build_sensor_context(
            instance=instance or own,
            repository_def=repository,
            resources={"organization": Organization(recordings_data=str(root))},
        ) as context,
    ):
        found = repository.get_sensor_def(late_sensor.name).evaluate_tick(context)
    return list(found.run_requests or ()), found.skip_message


def test_a_tick_requests_the_day_s_run_and_a_repeated_one_the_same(root: Path) -> None:
    stands(root, Outcome.RETRY, NOW)

    first, second = tick(root)[0], tick(root)[0]

    (request,) = first
    assert (request.job_name or "export_day", request.partition_key) == ("export_day", str(DAY))
    assert str(request.run_key).startswith(f"late:{DAY}:")
    assert [one.run_key for one in second] == [request.run_key]


def test_when_nothing_is_due_a_tick_says_so(tmp_path: Path, root: Path) -> None:
    told(root, TranscriptState.NONE, NOW, None)
    with closing(Ledger(root / layout.LEDGER)) as ledger:
        ledger.days.indexed(DayStanding(DAY, NOW, True, (), 1, 0))  # noqa: FBT003

    assert tick(root) == ([], "nothing is due")
    assert tick(tmp_path / "nowhere") == ([], "nothing is due")


RANGE = {
    "dagster/asset_partition_range_start": str(DAY),
    "dagster/asset_partition_range_end": str(DAY.date + timedelta(days=2)),
}


@pytest.mark.parametrize(
    ("tags", "status", "is_free"),
    [
        ({"dagster/partition": str(DAY)}, dg.DagsterRunStatus.NOT_STARTED, False),
        ({"dagster/partition": str(DAY)}, dg.DagsterRunStatus.STARTED, False),
        (RANGE, dg.DagsterRunStatus.STARTED, False),
        ({"dagster/partition": str(DAY)}, dg.DagsterRunStatus.FAILURE, True),
        ({"dagster/partition": "2020-01-01"}, dg.DagsterRunStatus.STARTED, True),
        ({}, dg.DagsterRunStatus.STARTED, True),
    ],
    ids=["to be queued", "at work", "in a range", "over", "another day", "of no day"],
)
def test_a_day_with_a_run_that_is_not_over_is_not_run_beside_it(
    root: Path,
    tags: dict[str, str],
    status: dg.DagsterRunStatus,
    is_free: bool,  # noqa: FBT001
) -> None:
    stands(root, Outcome.RETRY, NOW)
    with dg.DagsterInstance.ephemeral() as instance:
        job = defs.resolve_job_def("export_day")
        instance.create_run_for_job(job, tags=tags, status=status)

        requests, why = tick(root, instance)

    assert len(requests) == int(is_free)
    assert why == (None if is_free else f"due, and being run already: {DAY}")
