"""What is checked of published days: the contract of every table, and what two sources say."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.quantities import MOST_SHOWN
from recordings_pipeline.core.schemas import SCHEMAS
from recordings_pipeline.core.voice.verdicts import NEXT_STEPS

if TYPE_CHECKING:
    from recordings_pipeline.core.contracts import Violation

_CONTRACT = "contract"
_MATCHES = "transcript_matches_audio"
AGREEMENT = "transcript_agreement"


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
    return dg.AssetCheckResult(
        asset_key=table,
        check_name=_CONTRACT,
        passed=not found,
        severity=dg.AssetCheckSeverity.ERROR if is_severe else dg.AssetCheckSeverity.WARN,
        description=_what_is_broken(found) if found else None,
        metadata={
            "broken_rules": len(found),
            "days": len(days),
            "violations": _violations_table(found),
        },
    )


def _what_is_broken(found: "Sequence[tuple[Day, Violation]]") -> str:
    """Name the days, a rule, and what to do: a notice has these words and no table."""
    days = ", ".join(dict.fromkeys(str(day) for day, _ in found))
    step = "run these days again; if it stays, recordings-pipeline rebuild, then report the rules"
    return f"broken on {days}: {found[0][1].rule} | {step}"


def _violations_table(found: "Sequence[tuple[Day, Violation]]") -> dg.TableMetadataValue:
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


def agreement_spec() -> dg.AssetCheckSpec:
    """Describe the check of what transcript and audio say of the same recording."""
    return dg.AssetCheckSpec(
        _MATCHES,
        asset=AGREEMENT,
        description=(
            "Transcript and audio of each recording tell of the same call. Exchanged channels, "
            "shifted clocks and missing speech are listed with the next step."
        ),
    )


def agreement_result(data: Path, days: Sequence[Day]) -> dg.AssetCheckResult:
    """Say of which recordings transcript and audio disagree; it warns, as both are as they came."""
    verdicts = [(str(day), *found) for day in days for found in _verdicts(data, day)]
    found = [one for one in verdicts if one[-1] in NEXT_STEPS]
    days_of_them = ", ".join(dict.fromkeys(day for day, *_ in found))
    return dg.AssetCheckResult(
        asset_key=AGREEMENT,
        check_name=_MATCHES,
        passed=not found,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{len(found)} recordings disagree on {days_of_them}" if found else None,
        metadata={
            "compared": len(verdicts),
            "disagreeing": len(found),
            "recordings": _recordings_table(found[:MOST_SHOWN]),
        },
    )


def _verdicts(data: Path, day: Day) -> Iterator[tuple[str, str, str]]:
    """Yield conversation, recording and verdict of each recording that was compared."""
    from recordings_pipeline.storage.published import published_rows

    names = ("conversation_id", "recording_id", "verdict")
    for row in published_rows(data / layout.table_path(AGREEMENT, day), names):
        yield row["conversation_id"], row["recording_id"], row["verdict"]


def _recordings_table(found: Sequence[tuple[str, str, str, str]]) -> dg.TableMetadataValue:
    names = ("day", "conversation_id", "recording_id", "verdict", "next_step")
    records = [
        dg.TableRecord(dict(zip(names, (*one, NEXT_STEPS[one[-1]]), strict=True))) for one in found
    ]
    columns = [dg.TableColumn(name, "string") for name in names]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns))
