"""What the UI is told: numbers it can plot, columns it can show."""

import base64
from dataclasses import replace
from pathlib import PurePosixPath

import dagster as dg
import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.histogram import DOWNLOAD_S, FILE_BYTES, SOUND_S
from recordings_pipeline.core.picture import throughput_picture
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.schemas import SCHEMAS
from recordings_pipeline.core.throughput import Throughput, Waits
from recordings_pipeline.core.timeline import Timeline
from recordings_pipeline.defs.metadata import (
    column_lineage,
    column_schema,
    hours_metadata,
    materialization_metadata,
    pictures_metadata,
)

SPENT = Throughput(
    bytes_moved=5_000_000,
    seconds=2.00049,
    calls_by_route={"GET /a": 4, "GET /b": 3},
    waits=Waits(0.126, 0.2, 0.3, 0.4, 0.5),
    rate_limited_count=1,
    resumed_count=2,
    file_bytes=FILE_BYTES.having(4_000_000).having(900_000),
    sound_s=SOUND_S.having(30),
    download_s=DOWNLOAD_S.having(0.5).having(0.6),
    timeline=Timeline(0.5, (1_000_000, 4_000_000)),
)


def report(*warnings: str) -> StageReport:
    day = Day.from_key("2026-01-31")
    path = PurePosixPath("tables/t")
    return StageReport("audio_files", day, 9, path, {"exported": 8}, SPENT, warnings)


def test_every_number_of_a_report_is_a_number_in_the_ui() -> None:
    told = materialization_metadata(report())

    numbers = {name: value for name, value in told.items() if isinstance(value, int | float)}
    assert numbers == {
        "dagster/row_count": 9,
        "dagster/partition_row_count": 9,
        "exported": 8,
        "bytes_moved": 5_000_000,
        "files_published": 2,
        "bytes_published": 4_900_000,
        "seconds": 2.0,
        "mb_per_s": 2.5,
        "api_calls": 7,
        "waits_allowance_s": 0.13,
        "waits_polling_s": 0.2,
        "waits_network_s": 0.3,
        "waits_disk_s": 0.4,
        "waits_hashing_s": 0.5,
        "rate_limited": 1,
        "resumed": 2,
    }
    assert told["path"] == dg.MetadataValue.path("tables/t")


def test_how_files_came_is_a_picture_and_three_tables() -> None:
    told = materialization_metadata(report())

    picture = told["throughput"]
    assert isinstance(picture, dg.MarkdownMetadataValue)
    before, _, content = str(picture.md_str).removesuffix(")").partition("base64,")
    assert before == "![MB/s over time](data:image/svg+xml;"
    assert base64.b64decode(content).decode() == throughput_picture(SPENT.timeline)
    assert counted(told["file_sizes"]) == {"100 kB to 1 MB": 1, "1 MB to 10 MB": 1}
    assert counted(told["sound_lengths"]) == {"10 s to 1 min": 1}
    assert counted(told["download_times"]) == {"0.3 s to 1 s": 2}


def counted(table: dg.TableMetadataValue) -> dict[str, int]:
    """Return the ranges of a table that are not empty."""
    rows = [record.data for record in table.records]
    assert all(isinstance(row["files"], int) for row in rows)
    return {str(row["range"]): int(str(row["files"])) for row in rows if row["files"]}


def test_without_a_file_there_is_no_picture() -> None:
    index = replace(report(), throughput=Throughput(bytes_moved=5, seconds=1.0))

    assert "throughput" not in materialization_metadata(index)


@pytest.mark.parametrize(
    ("warnings", "expected"),
    [((), "none"), (("one",), "one"), (("one", "two"), "one\ntwo")],
    ids=["no warning", "one", "two lines for two"],
)
def test_warnings_are_always_there_to_read(warnings: tuple[str, ...], expected: str) -> None:
    assert materialization_metadata(report(*warnings))["warnings"] == expected


@pytest.mark.parametrize(
    ("reasons", "because"),
    [((), "it is settled"), (("one", "two"), "one\ntwo")],
    ids=["settled", "provisional"],
)
def test_an_index_says_whether_its_day_may_still_change_and_why(
    reasons: tuple[str, ...], because: str
) -> None:
    counts = {"is_settled": int(not reasons)}
    index = replace(report(), counts=counts, provisional_because=reasons)

    told = materialization_metadata(index)

    assert told["is_settled"] is (not reasons)
    assert told["provisional_because"] == because


@pytest.mark.parametrize("stage", sorted(SCHEMAS))
def test_a_column_tells_its_type_its_meaning_and_whether_it_may_be_empty(stage: str) -> None:
    shown = [
        (column.name, column.type, column.description, column.constraints.nullable)
        for column in column_schema(stage).columns
    ]

    assert shown == [(c.name, c.type, c.description, c.nullable) for c in SCHEMAS[stage].columns]


def test_a_column_tells_its_unit_and_whether_it_is_personal() -> None:
    tags = {column.name: column.tags for column in column_schema("audio_files").columns}
    assert tags["duration_ms"] == {"unit": "milliseconds"}
    assert tags["outcome"] == {}

    personal = {c.name for c in column_schema("transcripts").columns if "personal" in c.tags}
    assert personal == {"text", "decorated_text"}
    people = {c.name for c in column_schema("transcripts").columns if "pseudonym" in c.tags}
    assert people == {"user_id", "candidate_user_ids"}


def test_a_derived_table_says_which_columns_it_is_made_from() -> None:
    lineage = column_lineage("conversation_metrics")["dagster/column_lineage"]

    sources = lineage.deps_by_column["agent_sentiment"]
    assert dg.TableColumnDep(dg.AssetKey("speech_events"), "value") in sources
    assert column_lineage("recording_index") == {}


def test_the_manifest_shows_how_recordings_ended_where_files_lie_and_a_query_of_the_day() -> None:
    dated = replace(
        report(), path=PurePosixPath("tables/audio_files/date=2026-01-31/part-0.parquet")
    )

    told = materialization_metadata(dated)

    assert shown(told["outcomes"]).count("exported") == 1
    assert told["audio_folder"] == dg.MetadataValue.path("audio/date=2026-01-31")
    assert "FROM audio_files WHERE date = DATE '2026-01-31'" in told["rows_of_the_day"].md_str
    others = materialization_metadata(replace(dated, stage="transcripts"))
    assert "outcomes" not in others
    assert others["raw_folder"] == dg.MetadataValue.path("raw/transcripts/date=2026-01-31")


def test_when_calls_came_is_a_picture() -> None:
    picture = shown(hours_metadata([0] * 23 + [7])["over_the_day"])

    assert ">7<" in picture


def shown(value: dg.MarkdownMetadataValue) -> str:
    """Return the picture in a text."""
    return base64.b64decode(str(value.md_str).partition("base64,")[2].removesuffix(")")).decode()


def test_pictures_are_shown_as_long_as_they_are_small() -> None:
    small, large = "<svg>" + "x" * 10_000, "<svg>" + "x" * 50_000

    told = pictures_metadata([("one", small), ("two", large), ("three", small)])

    text = str(told["pictures"].md_str)
    assert [name for name in ("one", "two", "three") if f"![Recording {name}]" in text] == [
        "one", "three"
    ]  # fmt: skip
    assert base64.b64encode(small.encode()).decode() in text
    assert len(text) <= 60_000
    assert pictures_metadata([]) == {}
