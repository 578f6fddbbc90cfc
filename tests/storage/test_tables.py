"""Parquet says what its columns mean, and changes only when its rows do."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recordings_pipeline.core.columns import UNITS, Schema
from recordings_pipeline.core.schemas import SCHEMAS
from recordings_pipeline.core.speech_schemas import TRANSCRIPTS
from recordings_pipeline.storage.tables import arrow_schema, read_rows, write_table

NAMES = [column.name for column in TRANSCRIPTS.columns]
VALUES = {"string": "x", "strings": ["x", "y"], "int64": 1, "float64": 0.5, "bool": True}
VALUES |= {"timestamp": datetime(2026, 1, 31, tzinfo=UTC)}
ROW = {column.name: VALUES[column.type] for column in TRANSCRIPTS.columns}


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "part-0.parquet"

    assert write_table(path, TRANSCRIPTS, [ROW]) == 1
    assert read_rows(path) == [ROW]


def test_equal_rows_leave_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "part-0.parquet"
    write_table(path, TRANSCRIPTS, [ROW])
    inode = path.stat().st_ino

    write_table(path, TRANSCRIPTS, [ROW])
    unchanged = path.stat().st_ino
    write_table(path, TRANSCRIPTS, [ROW, ROW])

    assert unchanged == inode
    assert path.stat().st_ino != inode


def test_a_day_without_rows_is_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "date=2026-01-31" / "part-0.parquet"

    write_table(path, TRANSCRIPTS, [])

    assert pq.read_schema(path).names == NAMES


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=lambda schema: schema.name)
def test_every_field_carries_description_and_unit(schema: Schema) -> None:
    for field in arrow_schema(schema):
        metadata = field.metadata or {}
        assert metadata[b"description"]
        assert (b"unit" in metadata) == field.name.endswith(tuple(UNITS))


def test_a_row_without_a_required_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises((ValueError, pa.ArrowInvalid)):
        write_table(tmp_path / "x.parquet", TRANSCRIPTS, [{**ROW, "text": None}])


def test_instants_are_utc() -> None:
    field = arrow_schema(SCHEMAS["audio_files"]).field("exported_time")

    assert field.type == pa.timestamp("us", tz="UTC")
