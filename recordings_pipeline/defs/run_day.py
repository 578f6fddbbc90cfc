"""Runs the whole job for one day in this process and prints a JSON line per asset.

For commands that show a Dagster run without a daemon. The run is kept in the instance of
DAGSTER_HOME, so that the UI shows it later.
"""

import json
from typing import Any

import dagster as dg

from recordings_pipeline.core.reports import STAGES

_NUMBERS = ("bytes_moved", "seconds", "api_calls", "rate_limited", "resumed", "dagster/row_count")
_KNOWN = (*_NUMBERS, "dagster/partition_row_count", "mb_per_s", "allowance_waited_s")


def run_day(defs: dg.Definitions, day: str) -> int:
    """Run the job and return the exit code."""
    run_config = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
    job = defs.resolve_job_def("export_day")
    result = job.execute_in_process(
        partition_key=day,
        instance=dg.DagsterInstance.get(),
        run_config=run_config,
        raise_on_error=False,
    )
    for event in result.get_step_failure_events():
        failure = event.step_failure_data
        if failure.user_failure_data is not None:
            print(f"{event.step_key}: {failure.user_failure_data.description}")  # noqa: T201
    for stage in STAGES:
        for found in result.asset_materializations_for_node(stage):
            print(json.dumps({"asset": stage, "metadata": _plain(found.metadata)}))  # noqa: T201
    return 0 if result.success else 1


def _plain(metadata: Any) -> dict[str, Any]:  # noqa: ANN401 (Dagster's metadata values)
    values = {name: value.value for name, value in metadata.items()}
    numbers = {name: values[name] for name in _NUMBERS}
    counts = {
        name: value
        for name, value in values.items()
        if isinstance(value, int) and name not in _KNOWN
    }
    return {**numbers, "counts": counts, "warnings": values["warnings"]}
