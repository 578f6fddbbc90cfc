"""What came late is fetched by the daemon's own ticks, and nothing is run twice for it."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recordings_pipeline import RecordingExporter
from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.storage.ledger import Ledger
from tests.conftest import settings_of
from tests.e2e.conftest import CALLS, Scene
from tests.e2e.graph import Run, wait_until

pytestmark = pytest.mark.slow

SENSOR = "late_sensor"
HOUR = timedelta(hours=1)
# Another two minutes for a daemon that shares its processors.
INTERVAL_S = 300.0
_TODAY = datetime.now(UTC).date()
YOUNG, SETTLED, OBSTRUCTED = (Day(_TODAY - timedelta(days=number)) for number in (3, 6, 7))
# Hours after its day when the look-back comes by: with the last of these looks a day settles.
SECOND_LOOK, LAST_LOOK = 30.5, 54.5
BROKEN = {"name": "html-media", "share": 0.1}


def look_at(scene: Scene, day: Day, hours: float) -> None:
    """Export a day as if it had been over for so many hours, with what the scene suffers."""
    settings = settings_of(scene.organization, scene.host.data)
    now = day.end + hours * HOUR
    with RecordingExporter(settings, clock=lambda: now) as exporter:
        assert not exporter.export_range(day.start, day.end).failures


def standings(scene: Scene, day: Day, *outcomes: Outcome) -> dict[str, Standing]:
    """Return the recordings of a day that stand in one of some ways."""
    with closing(Ledger(scene.host.data / layout.LEDGER)) as ledger:
        found = ledger.standings(day)
    return {id_: one for id_, one in found.items() if one.verdict.outcome in outcomes}


def is_settled(scene: Scene, day: Day) -> bool:
    with closing(Ledger(scene.host.data / layout.LEDGER)) as ledger:
        return ledger.days.standings(day.date, day.date)[0].is_settled


def obstruct(scene: Scene, day: Day) -> None:
    """Put files where folders of recordings are to be."""
    for standing in standings(scene, day, Outcome.RETRY).values():
        path = layout.audio_path(day, standing.conversation_id, standing.recording_id, 1, "wav")
        (scene.host.data / path).parent.write_text("in the way")


def ended(scene: Scene, count: int) -> dict[str, Run]:
    """Wait until so many runs of the sensor are over, and return them by day."""

    def look() -> list[Run]:
        runs = scene.graph.runs(dagster__sensor_name=SENSOR)
        return runs if len([r for r in runs if r.status in ("SUCCESS", "FAILURE")]) >= count else []

    return {run.tags["dagster/partition"]: run for run in wait_until(look, f"{count} runs over")}


def two_ticks(scene: Scene) -> list[dict[str, Any]]:
    """Wait until a second tick is over, and return both, the newest first."""

    def look() -> list[dict[str, Any]]:
        ticks = scene.graph.ticks(SENSOR)
        return ticks if len(ticks) == 2 and ticks[0]["status"] != "STARTED" else []

    return wait_until(look, "a second tick", INTERVAL_S + 120)


def test_what_came_late_is_run_once_by_the_daemon_and_a_run_that_failed_is_not_run_again(
    scene: Scene,
) -> None:
    scene.suffer(BROKEN)
    for day in (SETTLED, OBSTRUCTED):
        look_at(scene, day, LAST_LOOK)
    scene.suffer()
    scene.hide(YOUNG.key, 1)
    look_at(scene, YOUNG, SECOND_LOOK)
    scene.hide(YOUNG.key, 0)
    obstruct(scene, OBSTRUCTED)
    before = {day: scene.files(day.key) for day in (YOUNG, SETTLED)}

    scene.graph.start_sensor(SENSOR)
    runs = ended(scene, 3)
    second, first = two_ticks(scene)

    assert {day: run.status for day, run in runs.items()} == {
        YOUNG.key: "SUCCESS",
        SETTLED.key: "SUCCESS",
        OBSTRUCTED.key: "FAILURE",
    }
    for day, kept in before.items():
        assert 0 < len(kept) < len(scene.files(day.key)) == CALLS
        assert kept.items() <= scene.files(day.key).items()
        assert is_settled(scene, day)
    assert standings(scene, OBSTRUCTED, Outcome.RETRY)
    assert (first["status"], second["status"]) == ("SUCCESS", "SKIPPED")
    assert second["runKeys"] == [runs[OBSTRUCTED.key].tags["dagster/run_key"]]
    assert len(scene.graph.runs(dagster__sensor_name=SENSOR)) == len(runs)
