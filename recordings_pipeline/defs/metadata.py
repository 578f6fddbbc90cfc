"""What an asset tells the UI: columns before it ever ran, plain numbers afterwards."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from recordings_pipeline.core.gaps import MOST_SHOWN, Gap
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.schemas import RESCUE_LIST, SCHEMAS
from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.core.verification import Fault


def column_schema(stage: str) -> dg.TableSchema:
    """Describe a table from the column registry."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                column.type,
                description=column.description,
                constraints=dg.TableColumnConstraints(nullable=column.nullable),
            )
            for column in {**SCHEMAS, RESCUE_LIST.name: RESCUE_LIST}[stage].columns
        ]
    )


def materialization_metadata(report: StageReport) -> Mapping[str, Any]:
    """Turn a report into metadata: numbers are numbers, so that the UI plots them over days."""
    return {
        "dagster/column_schema": column_schema(report.stage),
        "dagster/row_count": report.row_count,
        "dagster/partition_row_count": report.row_count,
        **report.counts,
        **_settled(report),
        **spent_metadata(report.throughput),
        "path": dg.MetadataValue.path(str(report.path)),
        "warnings": "\n".join(report.warnings) or "none",
    }


def gaps_table(found: Sequence[Gap]) -> dg.TableMetadataValue:
    """List what is missing, with reason and next step: as many as a person reads."""
    names = ("id", "conversation_id", "reason", "next_step")
    records = [
        dg.TableRecord({name: getattr(gap, name) for name in names}) for gap in found[:MOST_SHOWN]
    ]
    columns = [dg.TableColumn(name, "string") for name in names]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns))


def faults_table(found: Sequence[Fault]) -> dg.TableMetadataValue:
    """List what differs between archive and ledger: as many as a person reads."""
    names = ("day", "path", "reason", "next_step")
    records = [
        dg.TableRecord({name: str(getattr(fault, name)) for name in names})
        for fault in found[:MOST_SHOWN]
    ]
    columns = [dg.TableColumn(name, "string") for name in names]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns))


def _settled(report: StageReport) -> Mapping[str, Any]:
    """Say whether a day may still change, and why; only the index knows."""
    if "is_settled" not in report.counts:
        return {}
    because = "\n".join(report.provisional_because) or "it is settled"
    return {"is_settled": not report.provisional_because, "provisional_because": because}


def spent_metadata(spent: Throughput) -> Mapping[str, Any]:
    """Say what a stage moved and cost, whether it ended well or not."""
    return {
        "bytes_moved": spent.bytes_moved,
        "seconds": round(spent.seconds, 3),
        "mb_per_s": round(spent.mb_per_s, 2),
        "api_calls": spent.api_calls,
        "allowance_waited_s": round(spent.waited_s, 2),
        "rate_limited": spent.rate_limited_count,
        "resumed": spent.resumed_count,
        "calls_by_route": dg.MetadataValue.json(dict(spent.calls_by_route)),
    }
