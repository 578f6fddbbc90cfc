"""The queries that are printed are queries that run, over all days there are."""

from pathlib import Path
from typing import Any

import pytest

from recordings_pipeline.cli.queries import print_queries
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.layout import table_path
from recordings_pipeline.core.schemas import SCHEMAS
from tests.unchecked import write_unchecked

DAYS = (Day.from_key("2026-01-30"), Day.from_key("2026-01-31"))


def row(stage: str, **values: object) -> dict[str, Any]:
    """Return a row with a value of the right type in every column that needs one."""
    plain = {"string": "x", "int64": 1, "float64": 1.0, "bool": True, "timestamp": None}
    needed = {c.name: plain[c.type] for c in SCHEMAS[stage].columns if not c.nullable}
    return {**needed, **values}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two days with the same rows each."""
    tables = {
        "audio_files": [
            row("audio_files", outcome="exported", size_bytes=1_500_000),
            row("audio_files", outcome="exported", size_bytes=500_000),
            row("audio_files", outcome="missing"),
        ],
        "conversation_metrics": [
            row("conversation_metrics", agent_talk_ratio=0.25),
            row("conversation_metrics", agent_talk_ratio=0.75),
            row("conversation_metrics", is_transcribed=False),
        ],
        "diarization": [
            row("diarization", speaker_role="agent", word_count=7),
            row("diarization", speaker_role="customer", word_count=5),
        ],
    }
    for day in DAYS:
        for stage, rows in tables.items():
            write_unchecked(tmp_path / table_path(stage, day), SCHEMAS[stage], rows)
    return tmp_path


def answers(printed: str) -> list[list[str]]:
    """Return the cells of the indented lines, which are the answers."""
    return [line.split() for line in printed.splitlines() if line.startswith("    ")]


def test_answers_add_up_all_days(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_queries(data)

    found = answers(capsys.readouterr().out)

    assert ["exported", "4", "4.0"] in found
    assert ["missing", "2", "NaN"] in found
    assert [line[-2:] for line in found if line[0].startswith("2026-01-")] == [["2", "0.5"]] * 2
    assert found[-2:] == [["agent", "14"], ["customer", "10"]]


def test_the_printed_python_runs_when_pasted(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print_queries(data)
    lines = capsys.readouterr().out.splitlines()
    first = lines.index("import pandas as pd")

    scope: dict[str, Any] = {}
    exec("\n".join(lines[first : first + 3]), scope)

    assert [line.split() for line in capsys.readouterr().out.splitlines()[-2:]] == [
        ["agent", "14"], ["customer", "10"]
    ]  # fmt: skip
