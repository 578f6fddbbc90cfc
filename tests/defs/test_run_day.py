"""A run in this process: one line of JSON per table, or the asset that failed and why."""

import json
import os
from pathlib import Path

import dagster as dg
import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.reports import STAGES
from recordings_pipeline.core.throughput import Waits
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.defs.run_day import run_day
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.stages.recording_index import index_day
from tests.conftest import Start, settings_of

DAY = "2026-01-31"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Dagster keep its runs in the test's directory, and set nothing else."""
    for name in [name for name in os.environ if name.startswith("GENESYS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))


def definitions_of(organization: Organization) -> dg.Definitions:
    """Return the definitions with another organization."""
    return dg.Definitions(
        assets=defs.assets,
        asset_checks=defs.asset_checks,
        jobs=defs.jobs,
        resources={"organization": organization},
    )


def settle(simulator: Simulator, data: Path) -> None:
    """Index the day and give every recording an end, so that no file is left to fetch."""
    day = Day.from_key(DAY)
    with open_export(settings_of(simulator, data)) as export:
        index_day(export, day)
        for id_ in export.ledger.standings(day):
            export.ledger.settle(id_, Verdict(Outcome.MISSING, "gone"), export.now())


def test_each_table_is_a_line_with_its_numbers(
    start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = start(calls_per_day=2)
    data = tmp_path / "data"
    settle(simulator, data)
    fields = {name.lower(): value for name, value in simulator.environment.items()}

    code = run_day(definitions_of(Organization(**fields, recordings_data=str(data))), DAY)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = {line["asset"]: line["metadata"] for line in lines if "asset" in line}
    assert code == 0
    assert list(told) == list(STAGES)
    assert told["audio_files"]["counts"] == {"missing": 2}
    assert told["recording_index"]["dagster/row_count"] == 2
    assert Waits(**told["recording_index"]["waits"]).allowance_s == 0
    assert {line["headway"]["stage"] for line in lines if "headway" in line} <= set(STAGES)


def test_a_failed_run_is_a_sentence_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    code = run_day(definitions_of(Organization()), DAY)

    (line,) = capsys.readouterr().out.splitlines()
    assert code == 1
    assert line.startswith("recording_index: GENESYS_CLIENT_ID is not set")
