"""Runs that Dagster takes for running although their process is gone: a reboot leaves them.

The code server reports the death of its runs, but not if it dies with them; nobody else asks. The
run then stays as it was, and holds its place in the queue and its slots of pools.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
from dagster._core.events import DagsterEventType, EngineEventData, JobFailureData, RunFailureReason

from recordings_pipeline.core.errors import ConfigurationError

_ACTIVE = (
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)
_TELLING = {DagsterEventType.ENGINE_EVENT, DagsterEventType.RUN_START}
_PROCESSES = Path("/proc")
# A process that was started later than it told its number is another one with the same number. The
# two times are of two clocks, which a host sets after its start.
_CLOCKS_DIFFER_S = 60.0
# In a container nobody may take note of a process that has ended: it keeps its number.
_ENDED = "ZX"


@dataclass(frozen=True, slots=True)
class LostRun:
    """A run nobody works on.

    Attributes:
        days: Its day, or first and last day; empty for a job without days.
        process_id: Who worked on it; None if it never said so.
    """

    id: str
    job: str
    days: str
    status: str
    since: datetime
    process_id: int | None


def lost_runs(instance: dg.DagsterInstance) -> Iterator[LostRun]:
    """Yield the runs whose process does not live on this host, the oldest first.

    A run that is starting and has not told its process yet is none until the time to start is over.

    Raises:
        ConfigurationError: Runs of this instance need not be processes of this host.
    """
    launcher = instance.run_launcher
    if not isinstance(launcher, dg.DefaultRunLauncher):
        problem = f"cannot be swept from here: {type(launcher).__name__} starts its runs elsewhere"
        raise ConfigurationError("DAGSTER_HOME", problem)
    filters = dg.RunsFilter(statuses=list(_ACTIVE))
    for record in instance.get_run_records(filters, ascending=True):
        run = record.dagster_run
        told = _told_process(instance, run.run_id)
        since = record.start_time or record.create_timestamp.timestamp()
        if told is None and time.time() - since < instance.run_monitoring_start_timeout_seconds:
            continue
        if told is None or not _lives(*told):
            at = datetime.fromtimestamp(since, UTC)
            number = told[0] if told else None
            yield LostRun(run.run_id, run.job_name, _days(run), run.status.value, at, number)


def end_run(instance: dg.DagsterInstance, lost: LostRun) -> bool:
    """Say that a run has failed, or was canceled if that was asked for, and free its slots.

    Where ``run_retries`` are enabled, the daemon then starts a failed one once more.

    Returns:
        Whether it was still to be ended.
    """
    run = instance.get_run_by_id(lost.id)
    if run is None or run.status not in _ACTIVE:
        return False
    why = f"Its process {lost.process_id or ''} is gone, as after a restart of the host."
    if run.status is dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, why)
    else:
        data = JobFailureData(error=None, failure_reason=RunFailureReason.UNEXPECTED_TERMINATION)
        instance.report_run_failed(run, why, data)
    if instance.event_log_storage.supports_global_concurrency_limits:
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return True


def _told_process(instance: dg.DagsterInstance, run_id: str) -> tuple[int, float] | None:
    """Return the process that last said it works on a run, and when it said so."""
    told = None
    for entry in instance.all_logs(run_id, of_type=_TELLING):
        event = entry.dagster_event
        number = event.pid if event else None
        if event and isinstance(event.event_specific_data, EngineEventData):
            found = event.event_specific_data.metadata.get("pid")
            number = int(str(found.value)) if found else number
        if number:
            told = number, entry.timestamp
    return told


def _lives(process_id: int, told_at: float) -> bool:
    """Say whether a process lives that told its number at an instant.

    Where the system does not say more of it, any process of that number will do: rather a run that
    stays than one that is ended while somebody works on it.
    """
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        stat = (_PROCESSES / str(process_id) / "stat").read_text()
    except OSError:
        return True
    # Fields are counted from the end of the name, which may hold spaces and brackets.
    state, *fields = stat.rpartition(")")[2].split()
    return state not in _ENDED and _started_at(int(fields[18])) <= told_at + _CLOCKS_DIFFER_S


def _started_at(ticks: int) -> float:
    """Return the time of an instant that is counted from the start of the host."""
    lines = (_PROCESSES / "stat").read_text().splitlines()
    booted = next(line.split()[1] for line in lines if line.startswith("btime "))
    return float(booted) + ticks / os.sysconf("SC_CLK_TCK")


def _days(run: dg.DagsterRun) -> str:
    tags = run.tags
    first = tags.get("dagster/asset_partition_range_start")
    last = tags.get("dagster/asset_partition_range_end")
    return f"{first} to {last}" if first else tags.get("dagster/partition", "")
