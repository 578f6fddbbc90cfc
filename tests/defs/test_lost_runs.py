"""A run whose process is gone is ended, and one that somebody works on is not."""

import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import DagsterEvent, DagsterEventType, EngineEventData
from dagster._core.events.log import EventLogEntry

from recordings_pipeline.defs.lost_runs import end_run, lost_runs

DAYS = {
    "dagster/asset_partition_range_start": "2026-01-01",
    "dagster/asset_partition_range_end": "2026-01-07",
}
LONG_AGO_S = 3_600.0
HOME = "run_monitoring: {enabled: true, start_timeout_seconds: 1}\nconcurrency: {pools: {}}\n"


@dg.op
def nothing() -> None:
    """Do nothing."""


@dg.job
def work() -> None:
    """Run the op."""
    nothing()


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Generator[dg.DagsterInstance]:
    """A real instance: its tables take a second to make, so that each test ends its runs."""
    home: Path = tmp_path_factory.mktemp("home")
    (home / "dagster.yaml").write_text(HOME)
    with dg.DagsterInstance.from_config(str(home)) as found:
        yield found


@contextmanager
def process() -> Generator[subprocess.Popen[bytes]]:
    """Be somebody who may work on a run; killed at the end, if not before."""
    waiting = [sys.executable, "-S", "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE) as started:
        yield started
        started.kill()


def run_of(
    instance: dg.DagsterInstance, status: str, process_id: int = 0, told_at: float = 0.0
) -> str:
    run = instance.create_run_for_job(work, status=dg.DagsterRunStatus(status), tags=DAYS)
    if process_id:
        kind, told = DagsterEventType.ENGINE_EVENT, EngineEventData.in_process(process_id)
        event = DagsterEvent(kind.value, run.job_name, event_specific_data=told)
        when = told_at or time.time()
        entry = EventLogEntry(None, 20, "", run.run_id, when, None)  # type: ignore[no-untyped-call]
        instance.store_event(entry._replace(dagster_event=event))
    return run.run_id


def status_of(instance: dg.DagsterInstance, run_id: str) -> str:
    run = instance.get_run_by_id(run_id)
    return run.status.value if run else "none"


@pytest.mark.parametrize(
    ("status", "end"),
    [("STARTED", "FAILURE"), ("STARTING", "FAILURE"), ("CANCELING", "CANCELED")],
)
def test_a_run_is_lost_once_its_process_is_gone(
    status: str, end: str, instance: dg.DagsterInstance
) -> None:
    with process() as worker:
        run_id = run_of(instance, status, worker.pid)
        while_it_lives = list(lost_runs(instance))
    (lost,) = lost_runs(instance)

    is_ended = end_run(instance, lost)

    assert while_it_lives == []
    assert (lost.id, lost.job, lost.days) == (run_id, "work", "2026-01-01 to 2026-01-07")
    assert lost.process_id == worker.pid
    assert is_ended
    assert status_of(instance, run_id) == end
    assert list(lost_runs(instance)) == []


def test_another_process_with_the_same_number_does_not_keep_a_run_alive(
    instance: dg.DagsterInstance,
) -> None:
    with process() as another:
        run_id = run_of(instance, "STARTED", another.pid, time.time() - LONG_AGO_S)
        (lost,) = lost_runs(instance)

    assert lost.id == run_id
    assert end_run(instance, lost)


def test_a_process_that_has_ended_and_was_not_awaited_does_not_keep_a_run_alive(
    instance: dg.DagsterInstance,
) -> None:
    with process() as worker:
        run_id = run_of(instance, "STARTED", worker.pid)
        worker.kill()
        os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
        (lost,) = lost_runs(instance)

    assert lost.id == run_id
    assert end_run(instance, lost)


def test_a_run_that_nobody_has_begun_is_lost_when_its_time_to_start_is_over(
    instance: dg.DagsterInstance,
) -> None:
    run_id = run_of(instance, "STARTING")
    at_once = list(lost_runs(instance))
    deadline = time.monotonic() + 30
    while not (found := list(lost_runs(instance))):
        assert time.monotonic() < deadline

    assert at_once == []
    assert [(lost.id, lost.process_id) for lost in found] == [(run_id, None)]
    assert end_run(instance, found[0])


def test_a_run_that_is_not_running_is_left_alone(instance: dg.DagsterInstance) -> None:
    with process() as worker:
        for status in ("NOT_STARTED", "SUCCESS", "FAILURE", "CANCELED"):
            run_of(instance, status, worker.pid)

    assert list(lost_runs(instance)) == []


def test_a_run_that_has_ended_meanwhile_keeps_its_end(instance: dg.DagsterInstance) -> None:
    with process() as worker:
        run_id = run_of(instance, "STARTED", worker.pid)
    (lost,) = lost_runs(instance)
    run = instance.get_run_by_id(run_id)
    assert run is not None
    instance.report_run_canceled(run)

    assert not end_run(instance, lost)
    assert status_of(instance, run_id) == "CANCELED"


def test_its_slots_are_given_back(instance: dg.DagsterInstance) -> None:
    storage = instance.event_log_storage
    storage.set_concurrency_slots("genesys_api", 1)
    with process() as worker:
        run_id = run_of(instance, "STARTED", worker.pid)
    storage.claim_concurrency_slot("genesys_api", run_id, "nothing")
    (lost,) = lost_runs(instance)

    before = storage.get_concurrency_info("genesys_api").active_slot_count
    end_run(instance, lost)

    assert before == 1
    assert storage.get_concurrency_info("genesys_api").active_slot_count == 0
