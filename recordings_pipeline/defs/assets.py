"""The assets of what was recorded, in the order data flows. Each one calls its stage.

Stages are imported when a step runs: they bring pyarrow, SQLAlchemy and httpx along, and Dagster
loads this module in every process it starts.
"""

from typing import Any

import dagster as dg

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import (
    Busy,
    ConfigurationError,
    Interrupted,
    PermanentError,
    PreflightFailed,
    RecordingsError,
)
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.defs.checks import contract_result, contract_spec
from recordings_pipeline.defs.metadata import (
    column_schema,
    gaps_table,
    materialization_metadata,
    spent_metadata,
)
from recordings_pipeline.defs.partitions import DAYS
from recordings_pipeline.defs.progress import logging_headway
from recordings_pipeline.defs.resources import Organization

_HOPELESS = (Busy, ConfigurationError, PermanentError, PreflightFailed)
# Dagster tags the runs of a backfill with its id.
_BACKFILL = "dagster/backfill"
_EVERY_RECORDING = "every_recording_has_an_outcome"


def asset_options(stage: str) -> dict[str, Any]:
    """Return what the assets of all stages have in common."""
    return {
        "partitions_def": DAYS,
        "group_name": "recordings",
        "kinds": {"parquet", "genesys"},
        "code_version": "1",
        "metadata": {"dagster/column_schema": column_schema(stage)},
        "pool": "genesys_api",
    }


@dg.asset(**asset_options("recording_index"), check_specs=[contract_spec("recording_index")])
def recording_index(
    context: dg.AssetExecutionContext, organization: Organization
) -> dg.MaterializeResult:
    """Every recording whose conversation started on the day: one row per recording.

    Before anything moves, credentials, permissions, space and allowance are checked. A day without
    recorded calls is an empty table, not a failure.
    """
    report = run_asset(context, organization, "recording_index")
    return dg.MaterializeResult(
        metadata=materialization_metadata(report),
        check_results=[contract_result(organization.data, report.stage, report.day)],
    )


@dg.asset(
    **asset_options("audio_files"),
    deps=[recording_index],
    check_specs=[
        contract_spec("audio_files"),
        dg.AssetCheckSpec(
            _EVERY_RECORDING,
            asset="audio_files",
            blocking=True,
            description=(
                "Each listed recording has one stated outcome, or a stated future, and each leg "
                "that was recorded has a recording. What fails it is listed with the next step."
            ),
        ),
    ],
)
def audio_files(
    context: dg.AssetExecutionContext, organization: Organization
) -> dg.MaterializeResult:
    """The day's manifest: one row per verified audio file, one per recording without a file.

    The files lie under ``audio/date=…/``; each row has the SHA-256 over the whole file. Running the
    day again fetches only what is left.
    """
    report = run_asset(context, organization, "audio_files")
    check = dg.AssetCheckResult(
        check_name=_EVERY_RECORDING,
        passed=not report.gaps,
        metadata={"unexplained": len(report.gaps), "gaps": gaps_table(report.gaps)},
    )
    return dg.MaterializeResult(
        metadata=materialization_metadata(report),
        check_results=[check, contract_result(organization.data, report.stage, report.day)],
    )


def run_asset(
    context: dg.AssetExecutionContext, organization: Organization, stage: str
) -> StageReport:
    """Run a stage on the run's day, and turn what cannot be helped into a final failure."""
    from recordings_pipeline.stages.day import run_stage
    from recordings_pipeline.stages.measure import Measurement

    day = Day.from_key(context.partition_key)
    spent = Throughput()
    try:
        with organization.export(is_backfill=_BACKFILL in context.run.tags) as export:
            measurement = Measurement(export.client)
            try:
                with logging_headway(context.log, export.look):
                    report = run_stage(export, stage, day)
            finally:
                spent = measurement.taken()
    except Interrupted:
        raise
    except RecordingsError as error:
        raise dg.Failure(
            description=str(error),
            metadata=spent_metadata(spent),
            allow_retries=not isinstance(error, _HOPELESS),
        ) from None
    context.log.info("%s %s: %d rows", stage, day, report.row_count)
    return report
