"""The catalogue shows every table, from wherever it is opened, and changes only with them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from recordings_pipeline.core.columns import Schema
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.dictionary import column_text
from recordings_pipeline.core.layout import RESCUE_LIST as RESCUE_PATH
from recordings_pipeline.core.layout import table_path
from recordings_pipeline.core.schemas import ALL_SCHEMAS, AUDIO_FILES, RESCUE_LIST, SCHEMAS
from recordings_pipeline.storage.catalog import keep_catalog
from recordings_pipeline.storage.tables import write_table

FIRST, SECOND = Day.from_key("2026-01-30"), Day.from_key("2026-01-31")
FILE = {"recording_id": "r", "conversation_id": "c", "outcome": "exported", "size_bytes": 7}


@pytest.fixture(params=["data", "it's, [here]*"])
def root(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    folder = tmp_path / str(request.param)
    folder.mkdir()
    return folder


def publish(root: Path, day: Day, *rows: dict[str, Any], schema: Schema = AUDIO_FILES) -> None:
    write_table(root / table_path(schema.name, day), schema, rows)


def answer(catalog: str | Path, query: str) -> list[tuple[Any, ...]]:
    with closing(duckdb.connect(str(catalog), read_only=True)) as connection:
        return connection.execute(query).fetchall()


def test_a_table_is_there_under_its_name_with_its_days_as_dates(root: Path) -> None:
    publish(root, FIRST, FILE)
    publish(root, SECOND, FILE, {**FILE, "recording_id": "s"})
    keep_catalog(root)

    found = answer(
        root / "catalog.duckdb",
        "SELECT date, sum(size_bytes) FROM audio_files GROUP BY 1 ORDER BY 1",
    )

    assert found == [(date(2026, 1, 30), 7), (date(2026, 1, 31), 14)]


def test_what_has_no_file_yet_is_empty_and_has_its_columns(root: Path) -> None:
    keep_catalog(root)

    for schema in ALL_SCHEMAS:
        described = answer(root / "catalog.duckdb", f"DESCRIBE {schema.name}")
        extra = [] if schema is RESCUE_LIST else ["date"]
        assert [row[0] for row in described] == [*schema.names(), *extra]
        assert answer(root / "catalog.duckdb", f"SELECT count(*) FROM {schema.name}") == [(0,)]


def test_empty_and_filled_tables_have_the_same_columns_and_types(tmp_path: Path) -> None:
    empty, filled = tmp_path / "empty", tmp_path / "filled"
    empty.mkdir()
    for schema in SCHEMAS.values():
        publish(filled, FIRST, schema=schema)
    write_table(filled / RESCUE_PATH, RESCUE_LIST, [])

    keep_catalog(empty)
    keep_catalog(filled)

    for schema in ALL_SCHEMAS:
        query = f"DESCRIBE {schema.name}"
        assert answer(empty / "catalog.duckdb", query) == answer(filled / "catalog.duckdb", query)


def test_views_and_columns_say_what_they_mean(root: Path) -> None:
    keep_catalog(root)

    views = dict(
        answer(
            root / "catalog.duckdb",
            "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal",
        )
    )
    columns = {
        (table, column): comment
        for table, column, comment in answer(
            root / "catalog.duckdb",
            "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal",
        )
    }

    assert views == {schema.name: schema.description for schema in ALL_SCHEMAS}
    for schema in ALL_SCHEMAS:
        for column in schema.columns:
            assert columns[schema.name, column.name] == column_text(column)


def make_older(path: Path) -> None:
    """Write a file as a version of the program did that knew two columns less."""
    older = pq.read_table(path, partitioning=None)
    pq.write_table(older.drop_columns(["exported_time", "size_bytes"]), path)


@pytest.mark.parametrize("days", [(FIRST,), (SECOND,), (FIRST, SECOND)])
def test_a_file_without_the_newest_columns_reads_as_null(root: Path, days: tuple[Day, ...]) -> None:
    for day in (FIRST, SECOND):
        publish(root, day, FILE)
    for day in days:
        make_older(root / table_path("audio_files", day))
    keep_catalog(root)

    query = "SELECT date, size_bytes FROM audio_files ORDER BY date"
    found = answer(root / "catalog.duckdb", query)

    assert found == [(day.date, None if day in days else 7) for day in (FIRST, SECOND)]


def test_files_are_joined_by_name_only_where_versions_meet(root: Path) -> None:
    publish(root, FIRST, FILE)
    keep_catalog(root)
    alike = (root / "catalog.sql").read_text()
    make_older(root / table_path("audio_files", FIRST))
    (root / "catalog.sql").write_text(alike.replace("VARCHAR AS codec, ", ""))

    assert keep_catalog(root)
    assert "union_by_name" not in alike
    assert "union_by_name" in (root / "catalog.sql").read_text()


def working_directories(root: Path) -> Iterator[tuple[Path, str]]:
    yield root, "catalog.duckdb"
    yield root.parent, f"{root.name}/catalog.duckdb"
    yield Path("/"), str(root / "catalog.duckdb")


def test_it_works_from_every_working_directory_and_after_a_move(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(root, FIRST, FILE)
    keep_catalog(root)
    moved = root.rename(root.with_name("elsewhere"))

    for folder, path in working_directories(moved):
        monkeypatch.chdir(folder)
        assert answer(path, "SELECT count(*) FROM audio_files") == [(1,)]


def test_the_script_makes_the_same_views_in_a_database_of_ones_own(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(root, FIRST, FILE)
    keep_catalog(root)
    monkeypatch.chdir(root)

    with duckdb.connect() as connection:
        connection.execute((root / "catalog.sql").read_text())
        found = connection.execute("SELECT count(*) FROM audio_files").fetchall()

    assert found == [(1,)]


def test_a_day_more_leaves_it_alone_and_is_there_at_once(root: Path) -> None:
    publish(root, FIRST, FILE)
    keep_catalog(root)
    inode = (root / "catalog.duckdb").stat().st_ino
    publish(root, SECOND, FILE)

    assert not keep_catalog(root)
    assert (root / "catalog.duckdb").stat().st_ino == inode
    assert answer(root / "catalog.duckdb", "SELECT count(*) FROM audio_files") == [(2,)]


def test_a_table_that_appears_is_taken_in_while_somebody_reads_the_old_one(root: Path) -> None:
    keep_catalog(root)
    with closing(duckdb.connect(str(root / "catalog.duckdb"), read_only=True)) as reader:
        publish(root, FIRST, FILE)

        assert keep_catalog(root)
        assert reader.execute("SELECT count(*) FROM audio_files").fetchall() == [(0,)]

    assert answer(root / "catalog.duckdb", "SELECT count(*) FROM audio_files") == [(1,)]


@pytest.mark.parametrize("lost", ["catalog.duckdb", "catalog.sql"])
def test_a_lost_half_is_made_again(root: Path, lost: str) -> None:
    keep_catalog(root)
    (root / lost).unlink()

    assert keep_catalog(root)
    assert (root / lost).is_file()
    assert sorted(path.name for path in root.iterdir()) == ["catalog.duckdb", "catalog.sql"]


def test_duckdb_1_can_open_it(root: Path) -> None:
    keep_catalog(root)

    # Bytes 12 to 19 of a DuckDB file are its storage version; 1.0 reads up to 64.
    version = int.from_bytes((root / "catalog.duckdb").read_bytes()[12:20], "little")
    assert version <= 64
