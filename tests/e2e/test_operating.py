"""What a person does in the UI, and what happens to hosts: through the real services."""

import os
import signal
from collections import Counter

import pytest

from recordings_pipeline.core.schemas import SCHEMAS
from tests.e2e.conftest import CALLS, Scene
from tests.e2e.host import entered

pytestmark = pytest.mark.slow

# Files of 64 kB: a run that meets this has a quarter of a minute left.
SLOW = {"route": "media", "bytes_per_s": 6_000, "share": 0.5}
SENSOR = "export_directory_sensor"


def test_a_backfill_outlives_a_restart_of_the_daemon(scene: Scene) -> None:
    days = ["2026-01-02", "2026-01-03", "2026-01-04"]
    scene.suffer(SLOW)
    backfill = scene.graph.backfill(days)
    scene.has_files("2026-01-02", 5)
    scene.host.stop("daemon")
    scene.host.start("daemon")
    scene.suffer()

    assert scene.graph.backfill_ends(backfill) == "COMPLETED_SUCCESS"
    runs = scene.graph.runs(dagster__backfill=backfill)
    assert [run.status for run in runs] == ["SUCCESS"]
    for table in SCHEMAS:
        assert Counter(scene.graph.materialized(table, days)) == Counter(days)


def test_a_run_that_is_terminated_ends_at_once_and_the_next_one_does_the_rest(
    scene: Scene,
) -> None:
    day = "2026-01-05"
    scene.suffer(SLOW)
    run_id = scene.graph.launch(day)
    scene.has_files(day, 5)

    scene.graph.terminate(run_id)
    scene.graph.is_status(run_id, "CANCELED", seconds=10)
    kept = scene.files(day)
    scene.suffer()
    scene.graph.is_status(scene.graph.launch(day), "SUCCESS")

    assert 5 <= len(kept) < CALLS
    assert len(scene.files(day)) == CALLS
    assert kept.items() <= scene.files(day).items()


@pytest.mark.parametrize(
    ("number", "day"), [(signal.SIGKILL, "2026-01-06"), (signal.SIGTERM, "2026-01-07")]
)
def test_a_run_whose_process_is_ended_is_started_once_more_and_fetches_the_rest(
    number: signal.Signals, day: str, scene: Scene
) -> None:
    scene.suffer(SLOW)
    run_id = scene.graph.launch(day)
    kept = scene.has_files(day, 5)

    os.kill(scene.graph.worker(run_id), number)
    scene.graph.is_status(run_id, "FAILURE", seconds=30)
    scene.suffer()
    scene.graph.is_status(scene.graph.retry_of(run_id).id, "SUCCESS")

    assert len(scene.files(day)) == CALLS
    assert kept.items() <= scene.files(day).items()


def test_a_code_server_that_is_told_to_stop_waits_for_its_run(scene: Scene) -> None:
    day = "2026-01-10"
    scene.suffer(SLOW)
    run_id = scene.graph.launch(day)
    scene.has_files(day, 5)

    scene.host.stop("code")
    status = scene.graph.status(run_id)
    scene.host.start("code")

    assert status == "SUCCESS"
    assert len(scene.files(day)) == CALLS


def test_a_run_that_a_power_cut_left_started_is_swept_and_started_once_more(scene: Scene) -> None:
    day = "2026-01-08"
    scene.suffer(SLOW)
    run_id = scene.graph.launch(day)
    kept = scene.has_files(day, 5)
    while_it_lives = entered("sweep", environ=scene.host.environ)

    scene.host.crash()
    scene.suffer()
    shown = entered("sweep", environ=scene.host.environ)
    scene.host.start("code", "daemon", "web")
    left = scene.graph.status(run_id)
    ended = entered("sweep", "--end", environ=scene.host.environ)

    assert (while_it_lives.returncode, shown.returncode, ended.returncode) == (0, 1, 0)
    assert run_id in shown.stdout
    assert left == "STARTED"
    assert scene.graph.is_status(run_id, "FAILURE", seconds=5)
    scene.graph.is_status(scene.graph.retry_of(run_id).id, "SUCCESS")
    assert len(scene.files(day)) == CALLS
    assert kept.items() <= scene.files(day).items()


def test_the_sensor_notices_what_arrived_and_runs_the_day(scene: Scene) -> None:
    day = "2026-01-09"
    scene.graph.is_status(scene.graph.launch(day), "SUCCESS")

    scene.graph.start_sensor(SENSOR)
    run_id = scene.graph.sensor_requests(SENSOR)

    assert scene.graph.is_status(run_id, "SUCCESS") == "SUCCESS"
    assert "FAILURE" not in {tick["status"] for tick in scene.graph.ticks(SENSOR)}


def test_services_and_runs_print_no_warning_of_ours(scene: Scene) -> None:
    lines = "\n".join(map(scene.host.log, ("code", "daemon", "web"))).splitlines()

    assert lines
    # Python names the file; whatever Dagster says of services that were killed is its own.
    assert not [line for line in lines if "Warning" in line and "recordings_pipeline/" in line]
