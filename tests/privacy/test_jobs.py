"""The jobs say what they would do, and do it when they are told to."""

from pathlib import Path
from typing import Any

import dagster as dg

from recordings_pipeline.core.holding import Hold, Person
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.archive import Archive, open_archive
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


def test_hold_only_tells_unless_it_is_told_otherwise(data: Path, simulator: Simulator) -> None:
    id_ = someone(simulator).conversation_id
    days = {"first_day": "2026-01-31", "last_day": "2026-01-31"}
    alice, bob = ({"reason": "CASE-4", "person": name} for name in ("alice", "bob"))
    wanted = (
        {**alice, "conversation_ids": [id_]},
        {**alice, **days},
        {**alice, "release": 1},
        {**bob, "release": 1},
    )
    states = []

    for config in wanted:
        told = run("hold", "hold_conversations", data, **config)
        before = holds(data)
        done = run("hold", "hold_conversations", data, **config, dry_run=False)
        assert (told.success, done.success) == (True, True)
        states.append([one.state for one in before])

    assert states[:2] == [[], ["holds"]]
    assert states[2:] == [["holds"] * 2, ["release asked by alice, said dagster", "holds"]]
    assert [one.what for one in holds(data)] == [id_, "2026-01-31 to 2026-01-31"]
    assert holds(data)[0].state == "released by alice, said dagster and bob, said dagster"


def test_hold_fails_when_nothing_is_held_or_released(data: Path, simulator: Simulator) -> None:
    call = someone(simulator)
    why = {"reason": "CASE-4", "person": "alice"}
    wrong: list[dict[str, Any]] = [
        why,
        {**why, "first_day": "2026-01-31"},
        {**why, "first_day": "2026-02-01", "last_day": "2026-01-31"},
        {**why, "first_day": "today", "last_day": "today"},
        {**why, "conversation_ids": [str(call.recording_id)]},
        {**why, "conversation_ids": [call.conversation_id], "release": 1},
        {**why, "conversation_ids": [call.conversation_id], "person": "a b"},
        {**why, "release": 9},
    ]

    for config in wrong:
        for is_dry in (True, False):
            assert not run("hold", "hold_conversations", data, **config, dry_run=is_dry).success
    assert holds(data) == []


def holds(data: Path) -> list[Hold]:
    with open_archive(data) as archive:
        return archive.ledger.holds.all()
