"""What ends a run of several days, or makes it dear."""

import logging
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.assets import recording_index
from recordings_pipeline.defs.options import BACKFILLS
from recordings_pipeline.simulator.options import PERMISSIONS
from tests.conftest import Start
from tests.ranges import (
    FIRST,
    LAST,
    MIDDLE,
    TABLES,
    description_of,
    events_of,
    middle_day_taken,
    organization_of,
    run,
)


@pytest.fixture
def instance() -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def test_what_every_day_would_meet_is_met_once(
    start: Start, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    simulator = start(permissions=PERMISSIONS - {"recording:recording:view"})

    result = run(instance, organization_of(simulator, tmp_path))

    said = description_of(result)
    assert said.startswith(f"0 of 3 days are finished and kept | {FIRST}: preflight failed")
    assert said.endswith(f"not tried, as it would have met the same: {MIDDLE}, {LAST}")


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


@pytest.mark.slow
def test_more_recordings_are_no_more_events(start: Start, tmp_path: Path) -> None:
    """A year has millions of recordings, and each event costs milliseconds and stays for ever."""
    counts = []
    for calls in (2, 12):
        organization = organization_of(
            start(world="plain", calls_per_day=calls), tmp_path / f"{calls}"
        )
        with dg.DagsterInstance.ephemeral() as own:
            result = run(own, organization)
            assert result.success
            events = own.all_logs(result.run_id)
            counts.append(len([e for e in events if "min left" not in e.user_message]))

    assert counts[0] == counts[1]
