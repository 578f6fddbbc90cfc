"""A table is read in its order, and in pieces."""

from datetime import UTC, datetime
from pathlib import Path

from recordings_pipeline.core.columns import Schema, plain
from recordings_pipeline.storage.reading import values_in_order
from recordings_pipeline.storage.tables import write_table

SCHEMA = Schema(
    "numbers",
    "One row per number.",
    (
        plain("number", "int64", "A number", nullable=False),
        plain("start_time", "timestamp", "An instant"),
        plain("names", "strings", "Some names"),
    ),
)


def test_rows_come_in_order_with_the_columns_that_were_asked_for(tmp_path: Path) -> None:
    path, count = tmp_path / "part-0.parquet", 10_000
    write_table(path, SCHEMA, ({"number": number, "names": ["a"]} for number in range(count)))

    found = list(values_in_order(path, ("names", "number")))

    assert found == [(["a"], number) for number in range(count)]


def test_an_instant_is_milliseconds_since_1970(tmp_path: Path) -> None:
    path = tmp_path / "part-0.parquet"
    moment = datetime(1970, 1, 1, 0, 0, 2, 345_000, tzinfo=UTC)
    write_table(path, SCHEMA, [{"number": 1, "start_time": moment}, {"number": 2}])

    assert list(values_in_order(path, ("start_time",))) == [(2_345,), (None,)]


def test_no_file_is_an_empty_table(tmp_path: Path) -> None:
    assert list(values_in_order(tmp_path / "none.parquet", ("number",))) == []
