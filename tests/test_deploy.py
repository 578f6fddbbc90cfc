"""What is deployed: a configuration that Dagster accepts, and services that stop in order."""

import configparser
import shutil
from collections.abc import Generator
from pathlib import Path

import dagster as dg
import pytest
import yaml  # type: ignore[import-untyped]
from dagster._core.run_coordinator import QueuedRunCoordinator

from recordings_pipeline.cli.children import dagster_home
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.jobs import EVERY_DAY_FIRST, LOOK_BACK_NEXT
from recordings_pipeline.defs.options import API_POOL

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
MINUTES = {"min": 1}


@pytest.fixture
def instance(tmp_path: Path) -> Generator[dg.DagsterInstance]:
    """An instance whose home has the configuration we hand out."""
    shutil.copy(DEPLOY / "dagster.yaml", tmp_path)
    with dg.DagsterInstance.from_config(str(tmp_path)) as found:
        yield found


def test_dagster_accepts_the_configuration_as_it_is(instance: dg.DagsterInstance) -> None:
    assert instance.run_monitoring_enabled
    assert instance.run_retries_enabled
    assert instance.run_retries_max_retries == 2
    assert not instance.run_retries_retry_on_asset_or_op_failure
    assert not instance.telemetry_enabled
    assert not instance.nux_enabled


def test_a_backfill_leaves_runs_and_slots_to_the_daily_work(instance: dg.DagsterInstance) -> None:
    coordinator = instance.run_coordinator
    assert isinstance(coordinator, QueuedRunCoordinator)
    queue = instance.get_concurrency_config().run_queue_config
    assert queue is not None
    limit, _ = queue.tag_concurrency_limits
    pools = instance.get_concurrency_config().pool_config

    assert limit["key"] == "dagster/backfill"
    assert limit["limit"] < queue.max_concurrent_runs
    assert pools.default_pool_limit is not None
    assert limit["limit"] < pools.default_pool_limit


def test_two_runs_of_a_day_follow_each_other(instance: dg.DagsterInstance) -> None:
    queue = instance.get_concurrency_config().run_queue_config
    assert queue is not None
    _, a_day = queue.tag_concurrency_limits

    assert a_day == {
        "key": "dagster/partition", "value": {"applyLimitPerUniqueValue": True}, "limit": 1
    }  # fmt: skip


def test_an_instance_of_our_own_queues_as_the_deployed_one_does(tmp_path: Path) -> None:
    home = dagster_home({}, tmp_path)
    ours, deployed = (
        yaml.safe_load(path.read_text())["concurrency"]["runs"]
        for path in (Path(home) / "dagster.yaml", DEPLOY / "dagster.yaml")
    )

    assert ours == deployed


def test_the_slots_of_a_killed_run_come_back(instance: dg.DagsterInstance) -> None:
    settings = instance.get_settings("run_monitoring")

    assert 0 < settings["free_slots_after_run_end_seconds"] <= 60
    assert settings["max_runtime_seconds"] <= 86_400


def test_everything_that_asks_the_platform_is_in_the_pool_and_nothing_else() -> None:
    pools = {
        name: defs.resolve_assets_def(name).op.pool
        for name in ("recording_index", "audio_files", "transcripts", "rescue_list")
    }

    assert set(pools.values()) == {API_POOL}
    assert defs.resolve_assets_def("voice_activity").op.pool is None


def test_the_daily_run_goes_before_the_look_back_and_both_before_a_backfill() -> None:
    daily, look_back = (int(tags["dagster/priority"]) for tags in (EVERY_DAY_FIRST, LOOK_BACK_NEXT))

    assert daily > look_back > 0


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_service_starts_what_is_there_and_lets_it_end_in_order(path: Path) -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(path)
    service = unit["Service"]

    assert service["KillMode"] == "mixed"
    assert service["TimeoutStopSec"].endswith("min")
    assert service["Restart"] == "always"
    assert "0.0.0.0" not in service["ExecStart"]
    assert path.stem in (DEPLOY / "README.md").read_text()


def test_runs_of_before_are_swept_before_the_code_server_starts_others() -> None:
    command = (DEPLOY / "recordings-code.service").read_text()

    assert "ExecStartPre=-/opt/recordings-pipeline/.venv/bin/recordings-pipeline sweep" in command


def test_the_code_server_listens_where_the_others_look_for_it() -> None:
    (location,) = yaml.safe_load((DEPLOY / "workspace.yaml").read_text())["load_from"]
    server = location["grpc_server"]
    command = (DEPLOY / "recordings-code.service").read_text()

    assert f"-h {server['host']} -p {server['port']}" in command
    (local,) = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"]
    assert server["location_name"] == local["python_module"]["location_name"]
