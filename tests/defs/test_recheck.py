"""Days are looked at again because a person says so."""

from pathlib import Path

import dagster as dg

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.reports import STAGES
from recordings_pipeline.definitions import defs
from recordings_pipeline.storage.home import Home
from tests.conftest import Start
from tests.defs.test_archive import organization_of, run, said

DAYS = ["2026-01-30", "2026-01-31"]


def test_given_days_are_exported_and_every_table_of_them_is_materialized(
    start: Start, tmp_path: Path
) -> None:
    organization = organization_of(start(world="plain", calls_per_day=3), tmp_path)

    result = run("recheck_days", organization, recheck_given_days={"days": DAYS})

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


def test_a_day_that_is_being_exported_is_named_and_does_not_stop_the_other(
    start: Start, tmp_path: Path
) -> None:
    organization = organization_of(start(world="plain", calls_per_day=3), tmp_path)
    home = Home(tmp_path)
    home.prepare()
    with dg.DagsterInstance.ephemeral() as instance:
        with home.day_lock(Day.from_key(DAYS[0])):
            result = defs.resolve_job_def("recheck_days").execute_in_process(
                instance=instance,
                resources={"organization": organization},
                run_config={"ops": {"recheck_given_days": {"config": {"days": DAYS}}}},
                raise_on_error=False,
            )
        made = instance.get_materialized_partitions(dg.AssetKey("conversation_metrics"))

    assert said(result).startswith(f"{DAYS[0]}: {DAYS[0]} is being exported by another process")
    assert made == {DAYS[1]}
