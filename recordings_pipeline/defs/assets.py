"""The assets of what was recorded, in the order data flows. Each one calls its stage.

Stages are imported when a step runs: they bring pyarrow, SQLAlchemy and httpx along, and Dagster
loads this module in every process it starts.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import dagster as dg

from recordings_pipeline.defs.checks import contract_result
from recordings_pipeline.defs.day_checks import (
    completeness_result,
    completeness_spec,
    digests_result,
    digests_spec,
    settled_result,
    settled_spec,
)
from recordings_pipeline.defs.metadata import hours_metadata
from recordings_pipeline.defs.options import day_asset
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.defs.run_days import try_days

if TYPE_CHECKING:
    from recordings_pipeline.core.reports import StageReport


@day_asset("recording_index", asks=True, check_specs=[settled_spec()])
def recording_index(
    context: dg.AssetExecutionContext, organization: Organization
) -> dg.MaterializeResult:
    """Every recording whose conversation started on the day: one row per recording.

    Before anything moves, credentials, permissions, space and allowance are checked. A day without
    recorded calls is an empty table, not a failure.
    """
    more = partial(_over_the_day, organization)
    tried = try_days(context, organization, "recording_index", more)
    tried.raise_failure()
    contract = contract_result(organization.data, "recording_index", tried.days)
    return dg.MaterializeResult(check_results=[settled_result(tried.reports), contract])


def _over_the_day(organization: Organization, report: "StageReport") -> Mapping[str, Any]:
    """Draw when the day's recorded conversations began."""
    from recordings_pipeline.stages.archive import open_archive

    with open_archive(organization.place) as archive:
        return hours_metadata(archive.ledger.totals.hours(report.day))


# Of no partition: Dagster drops the day of a check's result in a run of several days, and warns
# of partitioned checks in each process. The results name the days instead.
@day_asset(
    "audio_files",
    asks=True,
    deps=[recording_index.key],
    check_specs=[completeness_spec(), digests_spec()],
)
def audio_files(
    context: dg.AssetExecutionContext, organization: Organization
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """The day's manifest: one row per verified audio file, one per recording without a file.

    The files lie under ``audio/date=…/``; each row has the SHA-256 over the whole file. Running the
    day again fetches only what is left.
    """
    tried = try_days(context, organization, "audio_files")
    # What is known of the finished days is told before the step fails for the others.
    checks = list(_checks(organization, tried.reports)) if tried.days else []
    if tried.problems:
        yield from checks
        tried.raise_failure()
    yield dg.MaterializeResult(check_results=checks)


def _checks(
    organization: Organization, reports: "Sequence[StageReport]"
) -> Iterator[dg.AssetCheckResult]:
    days = [report.day for report in reports]
    yield completeness_result(reports)
    yield contract_result(organization.data, "audio_files", days)
    yield digests_result(organization.place, days)
