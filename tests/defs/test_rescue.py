"""The rescue list in Dagster: of no day, and told to people before it is too late."""

from pathlib import Path

import dagster as dg

from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.rescue import rescue_list
from recordings_pipeline.defs.resources import Organization
from tests.conftest import Start


def test_something_to_rescue_fails_its_check_says_what_to_do_and_stops_nothing(
    start: Start, tmp_path: Path
) -> None:
    simulator = start(calls_per_day=2)
    fields = {name.lower(): value for name, value in simulator.environment.items()}
    data = {"recordings_data": str(tmp_path), "recordings_rescue_days": "60"}

    result = dg.materialize(
        [rescue_list], resources={"organization": Organization(**fields, **data)}
    )

    (check,) = result.get_asset_check_evaluations()
    assert result.success
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.ERROR
    assert "recordings are not exported, the first is" in str(check.description)
    assert check.metadata["is_whole"] == dg.MetadataValue.bool(True)


def test_a_day_s_job_does_not_list_rescues() -> None:
    job = defs.resolve_job_def("export_day")

    assert "rescue_list" not in {node.name for node in job.nodes}
