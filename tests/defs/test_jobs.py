"""Which days a tick of the look-back runs, and that no tick runs one twice."""

import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import dagster as dg
import pytest
import yaml  # type: ignore[import-untyped]
from dagster._core.definitions import NodeDefinition
from dagster._utils.schedules import schedule_execution_time_iterator

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.standings import DayStanding
from recordings_pipeline.definitions import defs
from recordings_pipeline.defs.jobs import every_day, look_back
from recordings_pipeline.defs.resources import Organization
from recordings_pipeline.storage.ledger import Ledger

TICK = datetime(2026, 2, 4, 6, 30, tzinfo=UTC)


def remember(root: Path, key: str, *, is_settled: bool) -> None:
    """Keep how a day stands."""
    reasons = () if is_settled else ("1 conversations are still open",)
    with closing(Ledger(root / layout.LEDGER)) as ledger:
        ledger.days.indexed(DayStanding(Day.from_key(key), TICK, is_settled, reasons, 4, 1))


def tick(root: Path, at: datetime = TICK, **more: str) -> dict[str, str]:
    """Evaluate a tick; return the days it asks for by run key."""
    organization = Organization(recordings_data=str(root), **more)
    with dg.build_schedule_context(
        scheduled_execution_time=at,
        resources={"organization": organization},
        repository_def=defs.get_repository_def(),
    ) as context:
        found = look_back.evaluate_tick(context).run_requests or ()
    return {str(request.run_key): str(request.partition_key) for request in found}


def test_a_tick_runs_the_last_days_but_yesterday_which_the_daily_schedule_has_run(
    tmp_path: Path,
) -> None:
    assert [*tick(tmp_path).values()] == ["2026-02-01", "2026-02-02"]
    assert [*tick(tmp_path, recordings_lookback_days="2").values()] == ["2026-02-02"]
    assert tick(tmp_path, recordings_lookback_days="1") == {}


def test_the_daily_run_takes_the_day_that_has_just_ended_and_goes_first() -> None:
    request = daily_request(datetime(2026, 2, 4, 3, 30, tzinfo=UTC))

    assert request.partition_key == "2026-02-03"
    assert request.tags["dagster/priority"] == "20"


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"], ids=["an hour less", "one more"])
def test_no_clock_change_moves_skips_or_repeats_a_day(change: str, tmp_path: Path) -> None:
    begin = Day.from_key(change).start - timedelta(days=2)
    ticks = ticks_of(every_day, begin)
    days = [str(Day(begin.date() + timedelta(days=number))) for number in range(-1, 4)]

    requested = [daily_request(tick).partition_key for tick in ticks]

    assert [f"{tick:%H:%M%z}" for tick in ticks] == ["03:30+0000"] * 5
    assert requested == days
    seen = [set(tick(tmp_path, look).values()) for look in ticks_of(look_back, begin)]
    assert all(day in later for day, later in zip(days, seen[1:], strict=False))


def ticks_of(schedule: dg.ScheduleDefinition, begin: datetime) -> list[datetime]:
    """Return five ticks as the daemon computes them."""
    cron, zone = schedule.cron_schedule, schedule.execution_timezone
    return list(islice(schedule_execution_time_iterator(begin.timestamp(), cron, zone), 5))


def daily_request(at: datetime) -> dg.RunRequest:
    """Return what a tick of the daily schedule requests."""
    with dg.build_schedule_context(
        scheduled_execution_time=at, repository_def=defs.get_repository_def()
    ) as context:
        (request,) = every_day.evaluate_tick(context).run_requests or ()
    return request


def test_the_look_back_goes_before_a_backfill(tmp_path: Path) -> None:
    with dg.build_schedule_context(
        scheduled_execution_time=TICK,
        resources={"organization": Organization(recordings_data=str(tmp_path))},
        repository_def=defs.get_repository_def(),
    ) as context:
        requests = look_back.evaluate_tick(context).run_requests or ()

    assert {request.tags["dagster/priority"] for request in requests} == {"10"}


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        pytest.param("5", ["30 5 * * *", "30 8 * * *", "30 11 * * *"], marks=pytest.mark.slow),
        ("22", ["30 22 * * *", "30 1 * * *", "30 4 * * *"]),
    ],
)
def test_one_variable_moves_all_schedules(hour: str, expected: list[str]) -> None:
    script = (
        "from recordings_pipeline.defs.jobs import check_up, every_day, look_back\n"
        "print(*(s.cron_schedule for s in (every_day, look_back, check_up)), sep='\\n')\n"
        "print({every_day.execution_timezone, look_back.execution_timezone})"
    )

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env={**os.environ, "RECORDINGS_DAILY_HOUR": hour},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == [*expected, "{'UTC'}"]


def test_an_older_day_is_run_until_it_is_settled(tmp_path: Path) -> None:
    remember(tmp_path, "2026-01-09", is_settled=True)
    remember(tmp_path, "2026-01-10", is_settled=False)

    days = [*tick(tmp_path, recordings_lookback_days="1").values()]

    assert days == ["2026-01-10"]


def test_a_day_that_is_not_offered_as_a_partition_is_left_out(tmp_path: Path) -> None:
    remember(tmp_path, "2025-12-31", is_settled=False)

    assert "2025-12-31" not in tick(tmp_path).values()


def test_a_tick_that_is_repeated_asks_for_the_same_runs_and_the_next_one_for_others(
    tmp_path: Path,
) -> None:
    once, again, later = (tick(tmp_path, at) for at in (TICK, TICK, TICK + timedelta(days=1)))

    assert once == again
    assert not once.keys() & later.keys()


JOBS = [job for job in defs.resolve_all_job_defs() if not job.name.startswith("__")]


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_a_job_says_what_it_does_and_shows_a_config_that_it_takes(job: dg.JobDefinition) -> None:
    text, _, example = str(job.description).partition("```yaml")
    config = yaml.safe_load(example.partition("```")[0] or "{}")

    assert text.strip()
    assert dg.validate_run_config(job, config) is not None
    assert bool(config) is any(takes_config(node.definition) for node in job.nodes)


def takes_config(op: NodeDefinition) -> bool:
    """Say whether somebody may choose something."""
    return isinstance(op, dg.OpDefinition) and bool(
        getattr(op.config_schema.config_type, "fields", None)
    )
