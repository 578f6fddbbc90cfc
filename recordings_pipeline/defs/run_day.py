"""Runs the whole job for one day in this process and prints a JSON line per asset.

For commands that show a Dagster run without a daemon. The run is kept in the instance of
DAGSTER_HOME, so that the UI shows it later.
"""

import json
from typing import Any

import dagster as dg
from dagster_shared.error import SerializableErrorInfo

from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.reports import STAGES

INTERRUPTED = 130
_INTERRUPTIONS = frozenset({dg.DagsterExecutionInterruptedError.__name__, Interrupted.__name__})
_NUMBERS = ("bytes_moved", "seconds", "api_calls", "rate_limited", "resumed", "dagster/row_count")
_KNOWN = (*_NUMBERS, "dagster/partition_row_count", "mb_per_s", "allowance_waited_s")


def run_day(defs: dg.Definitions, day: str) -> int:
    """Run the job, say why it failed if it did, and return the exit code."""
    # Failures are told below; Dagster's own lines would be a traceback for each of them.
    run_config = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    job = defs.resolve_job_def("export_day")
    result = job.execute_in_process(
        partition_key=day,
        instance=dg.DagsterInstance.get(),
        run_config=run_config,
        raise_on_error=False,
    )
    failures = {e.step_key: e.step_failure_data for e in result.get_step_failure_events()}
    if any(_is_interruption(failure.error) for failure in failures.values()):
        return INTERRUPTED
    for step, failure in failures.items():
        expected = failure.user_failure_data
        print(f"{step}: {expected.description if expected else failure.error}")  # noqa: T201
    for stage in STAGES:
        for found in result.asset_materializations_for_node(stage):
            print(json.dumps({"asset": stage, "metadata": _plain(found.metadata)}))  # noqa: T201
    return 0 if result.success else 1


def _is_interruption(error: SerializableErrorInfo | None) -> bool:
    """Say whether a step ended because somebody asked for it; causes come after effects."""
    if error is None:
        return False
    return error.cls_name in _INTERRUPTIONS or _is_interruption(error.cause)


def _plain(metadata: Any) -> dict[str, Any]:  # noqa: ANN401 (Dagster's metadata values)
    values = {name: value.value for name, value in metadata.items()}
    numbers = {name: values[name] for name in _NUMBERS}
    counts = {
        name: value
        for name, value in values.items()
        if isinstance(value, int) and not isinstance(value, bool) and name not in _KNOWN
    }
    return {**numbers, "counts": counts, "warnings": values["warnings"]}
