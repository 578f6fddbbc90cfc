"""What an asset tells the UI: columns before it ever ran, plain numbers afterwards."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import dagster as dg

from recordings_pipeline.core import layout
from recordings_pipeline.core.columns import Column
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.lineage import LINEAGE
from recordings_pipeline.core.quantities import MOST_SHOWN, bytes_text, duration_text
from recordings_pipeline.core.schemas import schema_of

if TYPE_CHECKING:
    from recordings_pipeline.core.gaps import Gap
    from recordings_pipeline.core.histogram import Histogram
    from recordings_pipeline.core.reports import StageReport, TableReport
    from recordings_pipeline.core.throughput import Throughput
    from recordings_pipeline.core.verification import Fault

# Before the name of what threads waited for.
WAITS = "waits_"
MOST_PICTURE_BYTES = 60_000


def column_schema(table: str) -> dg.TableSchema:
    """Describe a table from the column registry: with units, and what is personal."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                column.type,
                description=column.description,
                constraints=dg.TableColumnConstraints(nullable=column.nullable),
                tags=_tags(column),
            )
            for column in schema_of(table).columns
        ]
    )


def _tags(column: Column) -> dict[str, str]:
    unit = {"unit": column.unit} if column.unit else {}
    return unit | ({} if column.privacy == "none" else {column.privacy: ""})


def column_lineage(table: str) -> Mapping[str, Any]:
    """Say which columns those of a derived table are made from; nothing of what is fetched."""
    deps = {
        name: [_column_dep(source) for source in sources]
        for name, sources in LINEAGE.get(table, {}).items()
    }
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)} if deps else {}


def _column_dep(source: str) -> dg.TableColumnDep:
    table, _, column = source.partition(".")
    return dg.TableColumnDep(dg.AssetKey(table), column)


def materialization_metadata(report: "StageReport") -> Mapping[str, Any]:
    """Turn a report into metadata: numbers are numbers, so that the UI plots them over days."""
    return {
        **_table(report.stage, report.row_count, report.path),
        **report.counts,
        **_settled(report),
        **spent_metadata(report.throughput),
        **(moved_metadata(report.throughput) if report.throughput.file_count else {}),
        **(_outcomes(report) if report.stage == "audio_files" else {}),
        **_folders(report),
        "warnings": "\n".join(report.warnings) or "none",
        **({"audit_head": report.audit_head} if report.audit_head else {}),
    }


def table_metadata(table: "TableReport") -> Mapping[str, Any]:
    """Say how large a table is that a stage publishes beside its first."""
    return _table(table.name, table.row_count, table.path)


def _table(name: str, row_count: int, path: PurePosixPath) -> dict[str, Any]:
    day = layout.day_of(path)
    query = f"```sql\nSELECT * FROM {name} WHERE date = DATE '{day}' LIMIT 100;\n```"
    return {
        "dagster/column_schema": column_schema(name),
        **column_lineage(name),
        "dagster/row_count": row_count,
        "dagster/partition_row_count": row_count,
        "path": dg.MetadataValue.path(str(path)),
        "rows_of_the_day": dg.MetadataValue.md(query),
    }


def _folders(report: "StageReport") -> Mapping[str, Any]:
    """Say where a stage puts files beside its tables; relative to the data directory."""
    folders = {
        "audio_files": {
            "audio_folder": layout.AUDIO / f"date={report.day}",
            "quarantine_folder": layout.quarantine_folder(report.day),
        },
        "transcripts": {"raw_folder": layout.RAW / "transcripts" / f"date={report.day}"},
    }
    return {
        name: dg.MetadataValue.path(str(path))
        for name, path in folders.get(report.stage, {}).items()
    }


def _outcomes(report: "StageReport") -> Mapping[str, Any]:
    """Draw how the day's recordings ended."""
    from recordings_pipeline.core.bar_pictures import outcomes_picture

    address = _svg_address(outcomes_picture(report.counts))
    return {"outcomes": dg.MetadataValue.md(f"![Recordings by outcome]({address})")}


def hours_metadata(counts: Sequence[int]) -> Mapping[str, Any]:
    """Draw when a day's recorded conversations began."""
    from recordings_pipeline.core.bar_pictures import hours_picture

    address = _svg_address(hours_picture(counts))
    return {"over_the_day": dg.MetadataValue.md(f"![Recordings by hour, UTC]({address})")}


def metadata_by_table(report: "StageReport") -> dict[str, dict[str, Any]]:
    """Return what is told of each table of a stage; what it took is told with the first."""
    told = {report.stage: dict(materialization_metadata(report))}
    return told | {table.name: dict(table_metadata(table)) for table in report.others}


def gaps_table(found: "Sequence[tuple[Day, Gap]]") -> dg.TableMetadataValue:
    """List what is missing, with reason and next step: as many as a person reads."""
    names = ("id", "conversation_id", "reason", "next_step")
    records = [
        dg.TableRecord({"day": str(day), **{name: getattr(gap, name) for name in names}})
        for day, gap in found[:MOST_SHOWN]
    ]
    columns = [dg.TableColumn(name, "string") for name in ("day", *names)]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns))


def faults_table(found: "Sequence[Fault]") -> dg.TableMetadataValue:
    """List what differs between archive and ledger: as many as a person reads."""
    names = ("day", "path", "reason", "next_step")
    records = [
        dg.TableRecord({name: str(getattr(fault, name)) for name in names})
        for fault in found[:MOST_SHOWN]
    ]
    columns = [dg.TableColumn(name, "string") for name in names]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns))


def _settled(report: "StageReport") -> Mapping[str, Any]:
    """Say whether a day may still change, and why; only the index knows."""
    if "is_settled" not in report.counts:
        return {}
    because = "\n".join(report.provisional_because) or "it is settled"
    return {"is_settled": not report.provisional_because, "provisional_because": because}


def moved_metadata(spent: "Throughput") -> Mapping[str, Any]:
    """Say how files came: sizes, lengths and times in ranges, and the throughput as a picture."""
    from recordings_pipeline.core.picture import throughput_picture

    address = _svg_address(throughput_picture(spent.timeline))
    return {
        "throughput": dg.MetadataValue.md(f"![MB/s over time]({address})"),
        "file_sizes": _ranges_table(spent.file_bytes, bytes_text),
        "sound_lengths": _ranges_table(spent.sound_s, duration_text),
        "download_times": _ranges_table(spent.download_s, duration_text),
    }


def pictures_metadata(pictures: Sequence[tuple[str, str]]) -> Mapping[str, Any]:
    """Show recordings by id, as many as are worth keeping with every run; nothing without any.

    Everything here stays in Dagster's event log for ever.
    """
    shown, size = [], 0
    for recording_id, picture in pictures:
        image = f"![Recording {recording_id}]({_svg_address(picture)})"
        if size + len(image) <= MOST_PICTURE_BYTES:
            shown.append(f"{recording_id}\n\n{image}")
            size += len(image)
    return {"pictures": dg.MetadataValue.md("\n\n".join(shown))} if shown else {}


def _svg_address(picture: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(picture.encode()).decode()}"


def _ranges_table(histogram: "Histogram", text: Callable[[float], str]) -> dg.TableMetadataValue:
    from recordings_pipeline.core.histogram import ranges

    rows = zip(ranges(histogram, text), histogram.counts, strict=True)
    records = [dg.TableRecord({"range": name, "files": count}) for name, count in rows]
    columns = [dg.TableColumn("range", "string"), dg.TableColumn("files", "int")]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns))


def spent_metadata(spent: "Throughput") -> Mapping[str, Any]:
    """Say what a stage moved and cost, whether it ended well or not."""
    waits = {f"{WAITS}{name}": round(value, 2) for name, value in asdict(spent.waits).items()}
    return {
        "bytes_moved": spent.bytes_moved,
        "files_published": spent.file_count,
        "bytes_published": spent.stored_bytes,
        "seconds": round(spent.seconds, 3),
        "mb_per_s": round(spent.mb_per_s, 2),
        "api_calls": spent.api_calls,
        **waits,
        "rate_limited": spent.rate_limited_count,
        "resumed": spent.resumed_count,
        "calls_by_route": dg.MetadataValue.json(dict(spent.calls_by_route)),
    }
