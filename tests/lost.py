"""A run as a power cut leaves it: shown as running, and its process is gone."""

from pathlib import Path

import dagster as dg
from dagster._core.events import EngineEventData

# Larger than any process number of Linux.
NOBODY = 2**22 + 1


@dg.job
def work() -> None:
    """Be a name."""


def lost_run(home: Path) -> str:
    """Make an instance's home with such a run, and return the run's id."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").touch()
    with dg.DagsterInstance.from_config(str(home)) as instance:
        run = instance.create_run_for_job(work, status=dg.DagsterRunStatus.STARTED)
        told = EngineEventData.in_process(NOBODY)
        instance.report_engine_event("at work", run, told)
    return run.run_id
