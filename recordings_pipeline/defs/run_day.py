"""Runs the whole job for one day in this process; JSON lines say how far it is, then what it did.

For commands that show a Dagster run without a daemon. The run is kept in the instance of
DAGSTER_HOME, so that the UI shows it later.
"""

import json
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_shared.error import SerializableErrorInfo

from recordings_pipeline.core.errors import Interrupted
from recordings_pipeline.core.reports import STAGES
from recordings_pipeline.defs.metadata import WAITS
from recordings_pipeline.defs.resources import Organization

if TYPE_CHECKING:
    from recordings_pipeline.stages.export import Export

INTERRUPTED = 130
_INTERRUPTIONS = frozenset({dg.DagsterExecutionInterruptedError.__name__, Interrupted.__name__})
_NUMBERS = (
    "bytes_moved",
    "bytes_published",
    "files_published",
    "seconds",
    "api_calls",
    "rate_limited",
    "resumed",
    "dagster/row_count",
)
_KNOWN = (*_NUMBERS, "dagster/partition_row_count")
_LOOK_S = 0.2


class _Watched(Organization):
    """An organization whose exports say on standard output how far they have come."""

    @contextmanager
    def export(self, *, is_backfill: bool = False) -> Generator["Export"]:
        from recordings_pipeline.stages.threads import every

        with super().export(is_backfill=is_backfill) as export:

            def tell() -> None:
                if (headway := export.look()) is not None:
                    _write({"headway": asdict(headway)})

            with every(_LOOK_S, tell):
                yield export


def run_day(defs: dg.Definitions, day: str) -> int:
    """Run the job, say why it failed if it did, and return the exit code."""
    # Failures are told below; Dagster's own lines would be a traceback for each of them.
    run_config = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    job = _watched(defs).resolve_job_def("export_day")
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
            # The tables beside a stage's first tell no more than how large they are.
            if found.asset_key.path == [stage]:
                _write({"asset": stage, "metadata": _plain(found.metadata)})
    return 0 if result.success else 1


def _watched(defs: dg.Definitions) -> dg.Definitions:
    given = (defs.resources or {})["organization"]
    fields = {name: getattr(given, name) for name in Organization.model_fields}
    return dg.Definitions(
        assets=defs.assets,
        asset_checks=defs.asset_checks,
        jobs=defs.jobs,
        resources={"organization": _Watched(**fields)},
        executor=defs.executor,
    )


def _write(news: Mapping[str, Any]) -> None:
    """Write a line in one piece: it may come from any thread."""
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


def _is_interruption(error: SerializableErrorInfo | None) -> bool:
    """Say whether a step ended because somebody asked for it; causes come after effects."""
    if error is None:
        return False
    return error.cls_name in _INTERRUPTIONS or _is_interruption(error.cause)


def _told(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: values[name] for name in ("warnings", "audit_head")}


def _plain(metadata: Any) -> dict[str, Any]:  # noqa: ANN401 (Dagster's metadata values)
    values = {name: value.value for name, value in metadata.items()}
    numbers = {name: values[name] for name in _NUMBERS}
    waits = {n.removeprefix(WAITS): value for n, value in values.items() if n.startswith(WAITS)}
    counts = {
        name: value
        for name, value in values.items()
        if isinstance(value, int) and not isinstance(value, bool) and name not in _KNOWN
    }
    return {**numbers, "waits": waits, "counts": counts, **_told(values)}
