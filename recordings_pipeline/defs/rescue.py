"""The rescue list: of all days, so without a partition."""

import dagster as dg

from recordings_pipeline.core.errors import Interrupted, RecordingsError
from recordings_pipeline.defs.metadata import spent_metadata
from recordings_pipeline.defs.options import API_POOL, table_options
from recordings_pipeline.defs.resources import Organization

_NOTHING = "nothing_to_rescue"


@dg.asset(
    **table_options("rescue_list", asks=True),
    pool=API_POOL,
    check_specs=[
        dg.AssetCheckSpec(
            _NOTHING,
            asset="rescue_list",
            description="The source archives or deletes nothing soon that was not exported.",
        )
    ],
)
def rescue_list(organization: Organization) -> dg.MaterializeResult:
    """Recordings that the source archives or deletes soon, and that were not exported.

    One row per recording, the most urgent first. RECORDINGS_RESCUE_DAYS says what soon is.
    """
    from recordings_pipeline.stages.rescue_list import list_rescues

    try:
        with organization.export() as export:
            report = list_rescues(export)
    except Interrupted:
        raise
    except RecordingsError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    count = len(report.rescues)
    check = dg.AssetCheckResult(
        check_name=_NOTHING,
        passed=not count and report.is_whole,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"to_rescue": count, "is_whole": report.is_whole},
    )
    metadata = {"dagster/row_count": count, **spent_metadata(report.throughput)}
    return dg.MaterializeResult(metadata=metadata, check_results=[check])
