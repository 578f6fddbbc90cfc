"""The jobs say what they would do, and do it when they are told to."""

from pathlib import Path
from typing import Any

import dagster as dg

from recordings_pipeline.core.holding import Person
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.holding import hold
from tests.privacy.conftest import DAY, paths_of, someone


def run(job: str, op: str, data: Path, **config: Any) -> dg.ExecuteInProcessResult:  # noqa: ANN401
    organization = Organization(recordings_data=str(data), recordings_keep_days="1")
    with dg.DagsterInstance.ephemeral() as instance:
        return defs.resolve_job_def(job).execute_in_process(
            instance=instance,
            resources={"organization": organization},
            run_config={"ops": {op: {"config": config}}},
            raise_on_error=False,
        )


def test_erase_only_tells_unless_it_is_told_otherwise(data: Path, simulator: Simulator) -> None:
    call = someone(simulator)
    wanted = {"conversation_ids": [call.conversation_id], "reason": "DSAR-17"}

    told = run("erase", "erase_conversations", data, **wanted)
    left = paths_of(data, call)
    done = run("erase", "erase_conversations", data, **wanted, dry_run=False)

    assert told.success
    assert left
    assert done.success
    assert paths_of(data, call) == []


def test_erase_fails_when_something_stays(data: Path) -> None:
    unknown = {"conversation_ids": ["00000000-0000-4000-8000-000000000001"], "reason": "DSAR-17"}

    assert not run("erase", "erase_conversations", data, **unknown, dry_run=False).success
    assert not run("erase", "erase_conversations", data, **{**unknown, "reason": "a@b"}).success


def test_retain_only_tells_unless_it_is_told_otherwise(data: Path, simulator: Simulator) -> None:
    call = someone(simulator)

    told = run("retain", "retain_days", data)
    left = paths_of(data, call)
    done = run("retain", "retain_days", data, apply=True)

    assert told.success
    assert left
    assert done.success
    assert paths_of(data, call) == []


def test_retain_fails_for_a_day_that_somebody_works_on_and_not_for_what_is_held(
    archive: Archive, simulator: Simulator
) -> None:
    hold(archive, [someone(simulator).conversation_id], "CASE-4", Person("alice"))

    with archive.home.day_lock(DAY):
        worked_on = run("retain", "retain_days", archive.home.root, apply=True)
    held = run("retain", "retain_days", archive.home.root, apply=True)

    (failure,) = worked_on.get_step_failure_events()
    assert f"{DAY}: " in str(failure.step_failure_data.user_failure_data)
    assert held.success
