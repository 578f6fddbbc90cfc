"""Several days in one run: those that are done stay done, and only what failed is red."""

import logging
import signal
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from recordings_pipeline.core.days import Day
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.assets import audio_files, recording_index
from recordings_pipeline.defs.options import BACKFILLS
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.defs.speech import (
    conversation_metrics,
    diarization,
    transcripts,
    voice_activity,
)
from recordings_pipeline.simulator.options import PERMISSIONS
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.storage.home import Home
from tests.conftest import Start

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


@pytest.fixture
def instance() -> Generator[dg.DagsterInstance]:
    with dg.instance_for_test() as found:
        yield found


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


def test_every_table_of_a_range_has_one_event_a_day_with_the_numbers_of_that_day(
    start: Start, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    result = run(instance, organization_of(start(calls_per_day=4), tmp_path))

    assert result.success
    for table in TABLES:
        told = events_of(instance, table)
        assert sorted(day for day, _ in told if day) == DAYS
        for day, metadata in told:
            assert metadata["path"].endswith(f"{table}/date={day}/part-0.parquet")
            assert isinstance(metadata["dagster/row_count"], int)
    seconds = [metadata["seconds"] for _, metadata in events_of(instance, "audio_files")]
    assert len(set(seconds)) == 3
    check = named(result, "every_recording_has_an_outcome")
    matches = named(result, "transcript_matches_audio")
    assert check.passed
    assert matches.metadata["compared"] != dg.MetadataValue.int(0)
    assert check.metadata["days"].value == 3
    assert check.description == f"every recording of {', '.join(DAYS)} has an outcome"


def test_the_days_around_one_that_fails_stay_green_and_a_retry_takes_the_rest(
    start: Start, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    simulator = start(calls_per_day=4)
    organization = organization_of(simulator, tmp_path)
    with middle_day_taken(tmp_path):
        result = run(instance, organization, CHAIN[:2])

    assert not result.success
    assert [day for day, _ in events_of(instance, "recording_index")] == [FIRST, LAST]
    assert red_days(instance, recording_index) == {MIDDLE}
    assert description_of(result).startswith(
        f"2 of 3 days are finished and kept | {MIDDLE}: {MIDDLE} is being exported"
    )
    assert events_of(instance, "audio_files") == []

    again = run(instance, organization, CHAIN[:2])

    assert again.success
    assert red_days(instance, recording_index) == set()
    assert len(events_of(instance, "audio_files")) == 3


def test_a_step_of_several_tables_keeps_all_of_them_for_the_days_that_are_done(
    start: Start, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    organization = organization_of(start(calls_per_day=4), tmp_path)
    run(instance, organization, CHAIN[:2])
    with middle_day_taken(tmp_path):
        run(instance, organization, [transcripts])

    for table in ("transcripts", "words", "speech_events"):
        assert [day for day, _ in events_of(instance, table)] == [FIRST, LAST]


def test_what_every_day_would_meet_is_met_once(
    start: Start, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    simulator = start(permissions=PERMISSIONS - {"recording:recording:view"})

    result = run(instance, organization_of(simulator, tmp_path))

    said = description_of(result)
    assert said.startswith(f"0 of 3 days are finished and kept | {FIRST}: preflight failed")
    assert said.endswith(f"not tried, as it would have met the same: {MIDDLE}, {LAST}")


def test_an_audio_day_that_fails_does_not_hide_what_is_known_of_the_others(
    start: Start, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    organization = organization_of(start(calls_per_day=4), tmp_path)
    run(instance, organization, [recording_index])
    with middle_day_taken(tmp_path):
        result = run(instance, organization, [audio_files])

    check = named(result, "every_recording_has_an_outcome")
    assert check.passed
    assert check.description == f"every recording of {FIRST}, {LAST} has an outcome"
    assert [day for day, _ in events_of(instance, "audio_files")] == [FIRST, LAST]
    assert red_days(instance, audio_files) == {MIDDLE}


class _InterruptsTheMiddleDay(logging.Handler):
    """Sends the signal the UI sends, when the middle day is all but done."""

    def emit(self, record: logging.LogRecord) -> None:
        if f" {MIDDLE}: " in record.getMessage():
            signal.raise_signal(signal.SIGINT)


@contextmanager
def interrupted_in_the_middle() -> Generator[None]:
    logger, handler = logging.getLogger("recordings_pipeline.stages.day"), _InterruptsTheMiddleDay()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


def test_an_interrupted_range_keeps_the_days_that_were_done(
    start: Start, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    organization = organization_of(start(calls_per_day=4), tmp_path)
    with interrupted_in_the_middle():
        result = run(instance, organization, [recording_index])

    (failure,) = result.get_step_failure_events()
    assert failure.step_failure_data.error is not None
    assert failure.step_failure_data.error.cls_name == "DagsterExecutionInterruptedError"
    assert [day for day, _ in events_of(instance, "recording_index")] == [FIRST]
    assert not (tmp_path / "tables" / "recording_index" / f"date={LAST}").exists()


def test_a_run_of_one_day_says_what_failed_and_nothing_more(
    start: Start, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    organization = organization_of(start(calls_per_day=4), tmp_path)
    with middle_day_taken(tmp_path):
        result = dg.materialize(
            [recording_index],
            partition_key=MIDDLE,
            resources={"organization": organization},
            instance=instance,
            raise_on_error=False,
        )

    assert description_of(result).startswith(f"{MIDDLE} is being exported by another process")


def test_the_whole_chain_has_one_backfill_policy() -> None:
    policies = {
        one.backfill_policy
        for one in (defs.resolve_assets_def(name) for name in sorted(TABLES))
        if one.partitions_def
    }

    assert policies == {BACKFILLS}
    assert BACKFILLS.max_partitions_per_run == 7


def test_more_recordings_are_no_more_events(start: Start, tmp_path: Path) -> None:
    """A year has millions of recordings, and each event costs milliseconds and stays for ever."""
    counts = []
    for calls in (2, 12):
        organization = organization_of(
            start(world="plain", calls_per_day=calls), tmp_path / f"{calls}"
        )
        with dg.instance_for_test() as own:
            result = run(own, organization)
            assert result.success
            events = own.all_logs(result.run_id)
            counts.append(len([e for e in events if "min left" not in e.user_message]))

    assert counts[0] == counts[1]
