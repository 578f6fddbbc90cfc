"""The questions that assets show an analyst have answers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from recordings_pipeline import RecordingExporter
from recordings_pipeline.core.days import Span
from recordings_pipeline.core.schemas import ALL_SCHEMAS
from recordings_pipeline.core.table_queries import QUERIES
from recordings_pipeline.stages.audit import publish_audit
from tests.conftest import Start, settings_of

DAY = datetime(2026, 1, 31, tzinfo=UTC)
# The export of a day makes no rescue list, and ordinary calls have no channel nobody can hear.
MAY_BE_EMPTY = {"rescue_list", "audio_channels", "words"}


def test_every_table_has_a_question_that_its_catalogue_answers(
    start: Start, tmp_path: Path
) -> None:
    with RecordingExporter(settings_of(start(), tmp_path)) as exporter:
        exporter.export_range(DAY, DAY + timedelta(days=1))

    assert len(list(publish_audit(tmp_path, Span()))) == 1

    with duckdb.connect(tmp_path / "catalog.duckdb", read_only=True) as catalogue:
        answers = {name: catalogue.execute(sql).fetchall() for name, (_, sql) in QUERIES.items()}

    assert QUERIES.keys() == {schema.name for schema in ALL_SCHEMAS}
    assert {name for name, rows in answers.items() if not rows} <= MAY_BE_EMPTY
