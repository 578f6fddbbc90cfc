"""The check that every table has: whether the published day keeps what the table promises."""

from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from recordings_pipeline.core import layout
from recordings_pipeline.core.contracts import Violation
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.schemas import SCHEMAS

_CONTRACT = "contract"


def contract_spec(table: str) -> dg.AssetCheckSpec:
    """Describe the check of a table; what comes after it does not start when it fails."""
    return dg.AssetCheckSpec(
        _CONTRACT,
        asset=table,
        blocking=True,
        description=(
            "Keys are unique, values possible, rows sorted, and every recording is in the day's "
            "index. Rows that break it are not published; what is told as a warning is a "
            "transcript that ends after its audio."
        ),
    )


def contract_result(data: Path, table: str, days: Sequence[Day]) -> dg.AssetCheckResult:
    """Look at a table's published days again, whichever version of the program published them."""
    from recordings_pipeline.storage.contracts import violations

    found: list[tuple[Day, Violation]] = []
    for day in days:
        path = data / layout.table_path(table, day)
        found += [(day, violation) for violation in violations(path, path, SCHEMAS[table])]
    is_severe = any(violation.is_blocking for _, violation in found)
    broken = dict.fromkeys(str(day) for day, _ in found)
    return dg.AssetCheckResult(
        asset_key=table,
        check_name=_CONTRACT,
        passed=not found,
        severity=dg.AssetCheckSeverity.ERROR if is_severe else dg.AssetCheckSeverity.WARN,
        description=f"broken on {', '.join(broken)}" if found else None,
        metadata={
            "broken_rules": len(found),
            "days": len(days),
            "violations": _violations_table(found),
        },
    )


def _violations_table(found: Sequence[tuple[Day, Violation]]) -> dg.TableMetadataValue:
    columns = [
        dg.TableColumn("day", "string"),
        dg.TableColumn("rule", "string"),
        dg.TableColumn("rows", "int"),
        dg.TableColumn("some_of_them", "string"),
    ]
    records = [
        dg.TableRecord(
            {
                "day": str(day),
                "rule": one.rule,
                "rows": one.count,
                "some_of_them": "; ".join(one.rows),
            }
        )
        for day, one in found
    ]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns))
