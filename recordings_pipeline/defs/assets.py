"""The assets of what was recorded, in the order data flows. Each one calls its stage.

Stages are imported when a step runs: they bring pyarrow, SQLAlchemy and httpx along, and Dagster
loads this module in every process it starts.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import dagster as dg

from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.defs.checks import contract_result
from recordings_pipeline.defs.metadata import gaps_table, hours_metadata
from recordings_pipeline.defs.options import day_asset
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.defs.run_days import run_asset, try_days

_EVERY_RECORDING = "every_recording_has_an_outcome"


@day_asset("recording_index", asks=True)
def recording_index(
    context: dg.AssetExecutionContext, organization: Organization
) -> dg.MaterializeResult:
    """Every recording whose conversation started on the day: one row per recording.

    Before anything moves, credentials, permissions, space and allowance are checked. A day without
    recorded calls is an empty table, not a failure.
    """
    days = run_asset(context, organization, "recording_index", partial(_over_the_day, organization))
    contract = contract_result(organization.data, "recording_index", days)
    return dg.MaterializeResult(check_results=[contract])


def _over_the_day(organization: Organization, report: StageReport) -> Mapping[str, Any]:
    """Draw when the day's recorded conversations began."""
    from recordings_pipeline.stages.archive import open_archive

    with open_archive(organization.data) as archive:
        return hours_metadata(archive.ledger.totals.hours(report.day))


# Of no partition: Dagster drops the day of a check's result in a run of several days, and warns
# of partitioned checks in each process. The result names the days instead.
@day_asset(
    "audio_files",
    asks=True,
    deps=[recording_index.key],
    check_specs=[
        dg.AssetCheckSpec(
            _EVERY_RECORDING,
            asset="audio_files",
            blocking=True,
            description=(
                "Each listed recording has one stated outcome, or a stated future, and each leg "
                "that was recorded has a recording. What fails it is listed with the next step."
            ),
        )
    ],
)
def audio_files(
    context: dg.AssetExecutionContext, organization: Organization
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """The day's manifest: one row per verified audio file, one per recording without a file.

    The files lie under ``audio/date=…/``; each row has the SHA-256 over the whole file. Running the
    day again fetches only what is left.
    """
    tried = try_days(context, organization, "audio_files")
    contract = contract_result(organization.data, "audio_files", tried.days)
    checks = [_completeness(tried.reports), contract]
    if tried.problems:
        # What is known of the finished days is told before the step fails for the others.
        yield from checks if tried.days else []
        tried.raise_failure()
    yield dg.MaterializeResult(check_results=checks)


def _completeness(reports: Sequence[StageReport]) -> dg.AssetCheckResult:
    """Say whether the days have gaps, and which of them have."""
    gaps = [(report.day, gap) for report in reports for gap in report.gaps]
    counted = [f"{report.day}: {len(report.gaps)} unexplained" for report in reports if report.gaps]
    checked = ", ".join(str(report.day) for report in reports)
    return dg.AssetCheckResult(
        check_name=_EVERY_RECORDING,
        passed=not gaps,
        description=" | ".join(counted) or f"every recording of {checked} has an outcome",
        metadata={"unexplained": len(gaps), "days": len(reports), "gaps": gaps_table(gaps)},
    )
