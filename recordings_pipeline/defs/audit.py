"""The audit log in Dagster: a check that nothing in it was changed, and its table for analysts."""

from typing import TYPE_CHECKING

import dagster as dg

from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import RecordingsError
from recordings_pipeline.core.quantities import MOST_SHOWN
from recordings_pipeline.defs.checks import contract_result
from recordings_pipeline.defs.metadata import column_schema
from recordings_pipeline.defs.options import ARCHIVE, day_asset
from recordings_pipeline.defs.resources import Organization

if TYPE_CHECKING:
    from recordings_pipeline.core.audit.findings import Finding

_TABLE = "export_audit"
_MOST_NAMED = 3


@day_asset(_TABLE, asks=False, deps=[dg.AssetKey("conversation_metrics")])
def export_audit(
    context: dg.AssetExecutionContext, organization: Organization
) -> dg.MaterializeResult:
    """What was done, event by event: the sealed audit log of the day as a table.

    Reads the whole log, so that it is made when somebody wants it and not by each run.
    """
    from recordings_pipeline.stages.audit import publish_audit

    days = [Day.from_key(key) for key in context.partition_keys]
    try:
        published = list(publish_audit(organization.data, Span(days[0].date, days[-1].date)))
    except RecordingsError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    for table in published:
        told = {"dagster/row_count": table.row_count, "path": dg.MetadataValue.path(table.path)}
        told["dagster/column_schema"] = column_schema(_TABLE)
        context.add_asset_metadata(told, dg.AssetKey(_TABLE), table.day.key)
    contract = contract_result(organization.data, _TABLE, [table.day for table in published])
    return dg.MaterializeResult(check_results=[contract])


@dg.asset_check(
    asset=ARCHIVE.key,
    description=(
        "The audit log is what was sealed: chain, roots, signatures, ledger, and the head in "
        "RECORDINGS_AUDIT_ANCHOR_DIR. What does not fit is listed with the next step."
    ),
)
def audit_log_is_untouched(organization: Organization) -> dg.AssetCheckResult:
    """Verify the audit log; asks the platform nothing."""
    from recordings_pipeline.stages.audit import verify_audit

    try:
        found = verify_audit(organization.place, organization.keeping)
    except RecordingsError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    return dg.AssetCheckResult(
        passed=not found.findings,
        description=" | ".join(map(str, found.findings[:_MOST_NAMED])) or None,
        metadata={
            "events": found.event_count,
            "segments": found.segment_count,
            "not_sealed_yet": found.open_count,
            "audit_head": str(found.head),
            "findings": _table(found.findings),
        },
    )


verify_audit_log = dg.define_asset_job(
    "verify_audit_log",
    selection=dg.AssetSelection.checks(audit_log_is_untouched),
    description="Verifies the audit log: nothing was changed, dropped, added or cut off.",
)


def _table(found: "tuple[Finding, ...]") -> dg.TableMetadataValue:
    names = ("layer", "name", "cause", "next_step")
    records = [
        dg.TableRecord({name: str(getattr(finding, name)) for name in names})
        for finding in found[:MOST_SHOWN]
    ]
    columns = [dg.TableColumn(name, "string") for name in names]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns))
