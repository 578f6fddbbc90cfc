"""What Dagster loads, and what a run of it leaves behind."""

import os
import statistics
import subprocess
import sys
from pathlib import Path

import dagster as dg

from recordings_pipeline.core.schemas import RESCUE_LIST, SCHEMAS, schema_of
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.resources import Organization, variables_present
from tests.conftest import Start

DAY = "2026-01-31"
MOST_OF_DAGSTER = 1.3


def run(organization: Organization) -> dg.ExecuteInProcessResult:
    job = defs.resolve_job_def("export_day")
    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(
            partition_key=DAY,
            instance=instance,
            resources={"organization": organization},
            raise_on_error=False,
        )


def tables() -> list[dg.AssetSpec]:
    """Return the assets that runs make."""
    made = defs.resolve_asset_graph().materializable_asset_keys
    return [spec for spec in defs.resolve_all_asset_specs() if spec.key in made]


def loading_ratio() -> float:
    """Return the processor time of loading definitions to that of Dagster alone, in a new process.

    Both times are of one process, so that a busy machine slows them alike: 15 of these differed by
    4 %. What is loaded is bytecode, as it is wherever the program is started twice.
    """
    script = (
        "import time, dagster\n"
        "alone = time.process_time()\n"
        "import recordings_pipeline.definitions\n"
        "print(time.process_time() / alone)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"},
    )
    return float(done.stdout)


def test_loading_definitions_takes_little_longer_than_dagster_alone() -> None:
    """1.24 where this was written, of which 0.11 are one pass of the garbage collector.

    It was 1.34 while annotations of steps and checks were imported for real: 70 more dataclasses,
    which Python writes and compiles at import. A library more, or work at import, is beyond it.
    """
    # The first process may still compile our modules; the median does not feel it.
    assert statistics.median(loading_ratio() for _ in range(3)) < MOST_OF_DAGSTER


def test_definitions_load() -> None:
    dg.Definitions.validate_loadable(defs)


def test_every_table_is_an_asset_with_its_columns() -> None:
    keys = {spec.key.to_user_string(): spec for spec in tables()}

    schemas = {**SCHEMAS, RESCUE_LIST.name: RESCUE_LIST}
    assert keys.keys() == schemas.keys()
    for name, spec in keys.items():
        columns = spec.metadata["dagster/column_schema"].columns
        assert [column.name for column in columns] == schemas[name].names()


def test_every_asset_explains_itself_before_it_ever_ran() -> None:
    for spec in tables():
        assert spec.owners == ["team:recordings"]
        assert spec.group_name == "recordings"
        assert spec.code_version == f"1-{schema_of(spec.key.to_user_string()).fingerprint}"
        assert str(spec.description).endswith(".")
        assert "parquet" in spec.kinds
        assert f"FROM {spec.key.to_user_string()}" in spec.metadata["query"].md_str


def test_a_run_materializes_five_assets_with_their_numbers(start: Start, tmp_path: Path) -> None:
    simulator = start()
    fields = {name.lower(): value for name, value in simulator.environment.items()}

    result = run(Organization(**fields, recordings_data=str(tmp_path)))

    assert result.success
    (audio,) = result.asset_materializations_for_node("audio_files")
    files = list((tmp_path / "audio").glob("date=*/*/*.wav"))
    assert audio.metadata["exported"] == dg.MetadataValue.int(len(files))
    assert "dagster/row_count" in audio.metadata
    checks = result.get_asset_check_evaluations()
    contracts = {check.asset_key.path[-1] for check in checks if check.check_name == "contract"}
    assert contracts == set(SCHEMAS) - {"export_audit"}
    others = {check.check_name for check in checks if check.check_name != "contract"}
    assert others == {
        "every_recording_has_an_outcome",
        "is_settled",
        "digests_of_a_sample",
        "transcript_matches_audio",
    }
    assert len(checks) == len(contracts) + len(others)
    assert all(check.passed for check in checks)
    assert "image/svg+xml" in str(audio.metadata["outcomes"].value)
    (index,) = result.asset_materializations_for_node("recording_index")
    assert index.metadata["is_settled"] == dg.MetadataValue.bool(True)
    assert "image/svg+xml" in str(index.metadata["over_the_day"].value)
    assert index.metadata["provisional_because"] == dg.MetadataValue.text("it is settled")


def test_a_missing_variable_fails_the_run_with_its_name() -> None:
    result = run(Organization())

    (failure,) = result.get_step_failure_events()[:1]
    assert failure.step_failure_data.user_failure_data is not None
    assert "GENESYS_CLIENT_ID is not set" in str(
        failure.step_failure_data.user_failure_data.description
    )


def test_a_secret_is_named_in_the_definitions_and_never_shown() -> None:
    given = variables_present({"GENESYS_CLIENT_SECRET": "hush", "PATH": "/bin"})

    assert given == {"genesys_client_secret": dg.EnvVar("GENESYS_CLIENT_SECRET")}
    assert "hush" not in repr(Organization(genesys_client_secret="hush"))


def test_the_schedules_run_after_the_day_has_ended() -> None:
    schedules = defs.get_repository_def().schedule_defs

    assert {s.name: (s.cron_schedule, s.execution_timezone) for s in schedules} == {
        "every_day": ("30 3 * * *", "UTC"),
        "look_back": ("30 6 * * *", "UTC"),
        "check_up": ("30 9 * * *", "UTC"),
    }
