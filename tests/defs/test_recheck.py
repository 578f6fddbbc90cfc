"""Days are looked at again because a person says so."""

from pathlib import Path

import dagster as dg

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.reports import STAGES
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.storage.home import Home
from tests.defs.test_archive import organization_of, said
from tests.e2e.conftest import world_file

DAYS = ["2026-01-30", "2026-01-31"]


def test_a_day_that_is_being_exported_does_not_stop_the_other_and_is_exported_when_it_is_free(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    home = Home(data)
    home.prepare()
    options = Options(world=world_file(tmp_path, 3), requests_per_minute=60_000)
    with Simulator(options) as simulator, dg.DagsterInstance.ephemeral() as instance:
        organization = organization_of(simulator, data)
        with home.day_lock(Day.from_key(DAYS[0])):
            stopped = recheck(organization, instance)
        made_then = instance.get_materialized_partitions(dg.AssetKey("conversation_metrics"))
        result = recheck(organization, instance)

    assert said(stopped).startswith(f"{DAYS[0]}: {DAYS[0]} is being exported by another process")
    assert made_then == {DAYS[1]}
    assert result.success
    made = [
        (event.asset_key.to_user_string(), event.partition)
        for event in result.get_asset_materialization_events()
        if event.asset_key
    ]
    assert {(stage, day) for stage in STAGES for day in DAYS} <= set(made)
    assert len(made) == len(set(made))
    (index, *_) = result.asset_materializations_for_node("recheck_given_days")
    assert isinstance(index.metadata["api_calls"], dg.IntMetadataValue)


def recheck(organization: Organization, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    return defs.resolve_job_def("recheck_days").execute_in_process(
        instance=instance,
        resources={"organization": organization},
        run_config={"ops": {"recheck_given_days": {"config": {"days": DAYS}}}},
        raise_on_error=False,
    )
