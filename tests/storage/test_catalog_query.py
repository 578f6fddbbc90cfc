"""A query reads the tables, and nothing else of the machine; it writes nothing."""

from pathlib import Path

import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.layout import table_path
from recordings_pipeline.core.schemas import AUDIO_FILES
from recordings_pipeline.storage.catalog import keep_catalog
from recordings_pipeline.storage.catalog_query import answered
from recordings_pipeline.storage.tables import write_table

DAY = Day.from_key("2026-01-31")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "it's, [here]*"
    rows = [
        {
            "recording_id": f"r{n}",
            "conversation_id": "c",
            "outcome": "exported",
            "size_bytes": n,
            "exported_time": DAY.start,
        }
        for n in range(2_500)
    ]
    write_table(folder / table_path("audio_files", DAY), AUDIO_FILES, rows)
    keep_catalog(folder)
    (folder / "ledger.db").write_text("secret")
    return folder


def files(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_query_is_answered_in_pages(root: Path) -> None:
    with answered(root, "SELECT size_bytes, exported_time FROM audio_files ORDER BY 1") as answer:
        rows = list(answer.rows)

    assert answer.names == ("size_bytes", "exported_time")
    assert [row[0] for row in rows] == list(range(2_500))
    assert rows[0][1] == DAY.start


@pytest.mark.parametrize(
    "query",
    [
        "FROM audio_files LIMIT 1",
        "WITH a AS (SELECT 1) FROM a",
        "DESCRIBE audio_files",
        "SHOW TABLES",
        "SUMMARIZE audio_files",
        "VALUES (1);",
    ],
)
def test_whatever_only_reads_is_answered(root: Path, query: str) -> None:
    with answered(root, query) as answer:
        assert list(answer.rows)


@pytest.mark.parametrize(
    "query",
    [
        "COPY (SELECT 1) TO '{tables}/x.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{tables}/x.csv'",
        "EXPORT DATABASE '{tables}/x'",
        "CREATE TABLE x (a INT)",
        "CREATE TEMP TABLE x (a INT)",
        "DROP VIEW audio_files",
        "ATTACH '{root}/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 1",
        "SELECT 1; COPY (SELECT 1) TO '{tables}/x.csv'",
        "PRAGMA threads = 1",
        "",
        "-- nothing",
    ],
)
def test_whatever_does_more_is_refused_before_it_runs(root: Path, query: str) -> None:
    quoted = str(root).replace("'", "''")
    text = query.format(root=quoted, tables=f"{quoted}/tables")
    before = files(root)

    with pytest.raises(ConfigurationError, match="has to be one SELECT"), answered(root, text):
        pass

    assert files(root) == before


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "{root}/ledger.db",
        "{root}/tables/../ledger.db",
        "{root}/tables_of_others/x",
        "https://127.0.0.1:9/x.csv",
    ],
)
def test_no_file_but_tables_is_read(root: Path, path: str) -> None:
    quoted = path.format(root=str(root).replace("'", "''"))
    (root / "tables_of_others").mkdir()
    (root / "tables_of_others" / "x").write_text("theirs")

    with (
        pytest.raises(ConfigurationError, match="Permission"),
        answered(root, f"SELECT * FROM read_text('{quoted}')") as answer,
    ):
        list(answer.rows)


def test_what_is_wrong_with_a_query_is_told(root: Path) -> None:
    query = "SELECT nothing_like_that FROM audio_files"

    with pytest.raises(ConfigurationError, match="nothing_like_that"), answered(root, query):
        pass


def test_a_failure_on_the_way_is_told_as_well(root: Path) -> None:
    query = "SELECT CAST(recording_id AS INT) FROM audio_files"

    with (
        pytest.raises(ConfigurationError, match="the query failed: Conversion Error"),
        answered(root, query) as answer,
    ):
        list(answer.rows)


def test_a_directory_without_a_catalogue_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="export a day"), answered(tmp_path, "SELECT 1"):
        pass
