"""What an analyst does with a day: ask ten questions, and read its tables with any library."""

import re
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest

from recordings_pipeline import RecordingExporter
from recordings_pipeline.cli.main import commands
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.questions import QUESTIONS
from recordings_pipeline.core.schemas import RESCUE_LIST, SCHEMAS
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.stages.audit import publish_audit, verify_audit
from recordings_pipeline.storage.catalog_query import answered
from tests.conftest import Start, settings_of

DAY = Day.from_key("2026-01-31")
README = Path(__file__).parent.parent / "README.md"
# What the world of the test holds nothing of: no recording there is about to be lost.
_UNANSWERED = {RESCUE_LIST.name}


def export(start: Start, data: Path, **options: Any) -> None:  # noqa: ANN401
    simulator = start(**options)
    with RecordingExporter(settings_of(simulator, data)) as exporter:
        report = exporter.export_range(DAY.start, DAY.end, processed_ids=set())
    assert not report.failures


def totals(frame: Any, names: list[str]) -> list[int]:  # noqa: ANN401
    """Return how many rows there are, and the sum of each column."""
    return [len(frame), *(int(frame[name].sum() or 0) for name in names)]


def test_every_question_has_an_answer_and_every_library_reads_the_same(
    start: Start, tmp_path: Path
) -> None:
    export(start, tmp_path, world="small", calls_per_day=45)
    assert verify_audit(tmp_path, Keeping()).findings == ()
    list(publish_audit(tmp_path, Span()))

    for question in QUESTIONS:
        with answered(tmp_path, question.query) as answer:
            found = list(answer.rows)
        is_answered = not any(f"FROM {name}" in question.query for name in _UNANSWERED)
        assert bool(found) is is_answered, question.title

    for name, schema in SCHEMAS.items():
        folder = tmp_path / "tables" / name
        numbers = [column.name for column in schema.columns if column.type == "int64"]
        added = ", ".join(f"coalesce(sum({number}), 0)" for number in ("1", *numbers))
        query = f"SELECT {added} FROM '{folder}/*/*.parquet'"
        read = {
            "pandas": pd.read_parquet(folder),
            "Polars": pl.read_parquet(folder),
            "pyarrow": ds.dataset(folder, partitioning="hive").to_table().to_pandas(),
        }
        told = {library: totals(frame, numbers) for library, frame in read.items()}
        told["DuckDB"] = list(map(int, duckdb.execute(query).fetchall()[0]))
        assert len({tuple(sums) for sums in told.values()}) == 1, (name, told)
        assert told["DuckDB"][0] > 0


@pytest.mark.slow
def test_the_readme_shows_what_the_demo_s_day_answers(
    start: Start,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    export(start, tmp_path, world=Options().world, calls_per_day=None)
    arguments = ["sql", QUESTIONS[0].query, "--format", "table", "--data", str(tmp_path)]

    with pytest.raises(SystemExit):
        commands(arguments, standalone_mode=False)

    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert "\n".join(f"    {line}" for line in printed) in README.read_text()


def test_the_readme_shows_the_query_as_it_is() -> None:
    shown = re.sub("^", "    ", QUESTIONS[0].query, flags=re.MULTILINE)

    assert shown in README.read_text()
