"""Runs of three days at once, as a backfill does them, and what is told of each day."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg

from recordings_pipeline.core.days import Day
from recordings_pipeline.defs.assets import audio_files, recording_index
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.defs.speech import (
    conversation_metrics,
    diarization,
    transcripts,
    voice_activity,
)
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.storage.home import Home

DAYS = ["2026-01-30", "2026-01-31", "2026-02-01"]
FIRST, MIDDLE, LAST = DAYS
RANGE = {"dagster/asset_partition_range_start": FIRST, "dagster/asset_partition_range_end": LAST}
CHAIN = [
    recording_index,
    audio_files,
    transcripts,
    voice_activity,
    diarization,
    conversation_metrics,
]
TABLES = {spec.key.to_user_string() for asset in CHAIN for spec in asset.specs}


def organization_of(simulator: Simulator, data: Path) -> Organization:
    fields = {name.lower(): value for name, value in simulator.environment.items()}
    return Organization(**fields, recordings_data=str(data))


def run(
    instance: dg.DagsterInstance,
    organization: Organization,
    assets: Sequence[dg.AssetsDefinition] = CHAIN,
) -> dg.ExecuteInProcessResult:
    """Run assets for three days at once, as a backfill does."""
    return dg.materialize(
        assets,
        tags=RANGE,
        resources={"organization": organization},
        instance=instance,
        raise_on_error=False,
    )


@contextmanager
def middle_day_taken(data: Path) -> Generator[None]:
    """Let another process be at work on the middle day."""
    home = Home(data)
    home.prepare()
    with home.day_lock(Day.from_key(MIDDLE)):
        yield


def events_of(instance: dg.DagsterInstance, table: str) -> list[tuple[str | None, dict[str, Any]]]:
    """Return what was told of a table, by day, oldest first."""
    records = instance.fetch_materializations(dg.AssetKey(table), limit=100, ascending=True).records
    found = [record.asset_materialization for record in records]
    return [
        (one.partition, {name: value.value for name, value in one.metadata.items()})
        for one in found
        if one
    ]


def named(result: dg.ExecuteInProcessResult, name: str) -> dg.AssetCheckEvaluation:
    (found,) = (c for c in result.get_asset_check_evaluations() if c.check_name == name)
    return found


def red_days(instance: dg.DagsterInstance, asset: dg.AssetsDefinition) -> set[str]:
    """Return the days the UI shows as failed."""
    partitions_def = asset.partitions_def
    assert partitions_def is not None
    statuses = instance.get_status_by_partition(asset.key, DAYS, partitions_def)
    assert statuses is not None
    return {day for day, status in statuses.items() if status and status.value == "FAILED"}


def description_of(result: dg.ExecuteInProcessResult) -> str:
    (failure,) = result.get_step_failure_events()
    assert failure.step_failure_data.user_failure_data is not None
    return str(failure.step_failure_data.user_failure_data.description)
