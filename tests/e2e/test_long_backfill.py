"""A month is backfilled while its runs are killed: it ends complete, and nothing comes twice."""

import os
import signal
import sys
from collections import Counter
from datetime import date, timedelta
from itertools import starmap
from pathlib import Path

import pytest

from recordings_pipeline.core.concurrency import FIRST_LIMIT
from recordings_pipeline.core.schemas import SCHEMAS
from recordings_pipeline.simulator.options import Options
from recordings_pipeline.simulator.server import Simulator
from recordings_pipeline.stages.transfers import LOOPS
from tests.e2e.conftest import Scene, world_file
from tests.e2e.graph import wait_until
from tests.e2e.host import Host, entered
from tests.sealed import sealed_events

pytestmark = pytest.mark.slow

DAYS = [date(2026, 1, 1) + timedelta(number) for number in range(30)]
KEYS = [day.isoformat() for day in DAYS]
CALLS = 200
LONGEST_S = 1_800.0
# How many days have files when a run is killed.
KILLS = (2, 9)
# A kill may cost what is on its way: a file on each connection.
IN_FLIGHT = LOOPS * FIRST_LIMIT


def published(scene: Scene) -> dict[str, int]:
    """Return the inode of each published file of all days."""
    return {name: inode for key in KEYS for name, inode in scene.files(key).items()}


def kill_a_run(scene: Scene, backfill: str, day_count: int) -> dict[str, int]:
    """Kill a run once so many days have files; return what is published by then."""
    wait_until(
        lambda: sum(bool(scene.files(key)) for key in KEYS) >= day_count,
        f"files of {day_count} days",
        LONGEST_S,
    )
    at_work = wait_until(
        lambda: [r for r in scene.graph.runs(dagster__backfill=backfill) if r.status == "STARTED"],
        "a run at work",
    )
    os.kill(scene.graph.worker(at_work[0].id), signal.SIGKILL)
    return published(scene)


def sizes(organization: Simulator) -> list[int]:
    """Return the size of every file of all days."""
    ids = [
        recording.id
        for day in DAYS
        for call in organization.world.calls(day)
        for recording in call.recordings
    ]
    return [organization.content(id_).size for id_ in ids]


def test_a_month_whose_runs_are_killed_ends_complete_and_nothing_comes_twice(
    tmp_path: Path,
) -> None:
    options = Options(world=world_file(tmp_path, CALLS), requests_per_minute=600_000)
    with Simulator(options) as organization, Host(tmp_path / "host", organization) as host:
        scene = Scene(host, organization)
        backfill = scene.graph.backfill(KEYS)
        kept = list(starmap(kill_a_run, [(scene, backfill, count) for count in KILLS]))
        ended = scene.graph.backfill_ends(backfill, LONGEST_S)

        runs = Counter(run.status for run in scene.graph.runs(dagster__backfill=backfill))
        found, traffic, every = published(scene), organization.traffic, sizes(organization)
        events = {table: set(scene.graph.materialized(table, KEYS)) for table in SCHEMAS}
        is_whole = entered("verify", environ=host.environ)

    moved = traffic.media_bytes - traffic.media_unsent_bytes
    ratio = f"{dict(runs)}, moved {moved / sum(every):.4f} of {sum(every) / 1e6:.0f} MB"
    sys.stdout.write(f"{ratio}\n")
    assert ended == "COMPLETED_SUCCESS"
    assert runs["FAILURE"] == len(KILLS)
    assert len(found) == len(every) == CALLS * len(DAYS)
    for files in kept:
        assert files.items() <= found.items(), "a file was fetched and published again"
    assert sum(every) <= moved <= sum(every) + len(KILLS) * IN_FLIGHT * max(every)
    assert set(times_exported(host.data).values()) == {1}
    assert all(days == set(KEYS) for days in events.values())
    assert is_whole.returncode == 0, is_whole.stdout


def times_exported(data: Path) -> Counter[str]:
    """Return how often each recording became one that is exported, by the audit log."""
    events = sealed_events(data)
    return Counter(e["object_id"] for e in events if e["action"] == "recording.exported")
