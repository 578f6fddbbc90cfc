"""`recordings-pipeline plan`: what a range of days will take, as tables."""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import click

from recordings_pipeline.cli.printing import print_table
from recordings_pipeline.core.costs import KINDS
from recordings_pipeline.core.days import days_touched
from recordings_pipeline.core.planner import DayPlan, Plan, refusals
from recordings_pipeline.core.preflight import BYTES_PER_GB
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.stages.planner import plan_days

_HEADER = ("day", "conversations", "recordings", *KINDS, "calls", "GB", "state")


def run(start: datetime, end: datetime, data: Path | None) -> bool:
    """Print what is predicted; return whether it can work."""
    environ = dict(os.environ)
    if data is not None:
        environ["RECORDINGS_DATA"] = str(data)
    settings = settings_from(environ)
    with open_export(settings) as export:
        plan = plan_days(export, list(days_touched(start, end)), reserve=settings.api_reserve)
    print_table(_HEADER, [*map(_row, plan.days), _total(plan)])
    click.echo()
    for line in _summary(plan):
        click.echo(line)
    problems = refusals(plan)
    for problem in problems:
        click.echo(f"refused: {problem}", err=True)
    return not problems


def _row(day: DayPlan) -> list[str]:
    state = "settled" if day.facts.is_settled else "to settle" if day.is_final else "provisional"
    conversations = day.facts.conversation_count
    numbers = [conversations, day.recordings, *day.calls.values(), day.call_count]
    return [str(day.day), *map(str, numbers), _gb(day.coming_bytes), state]


def _total(plan: Plan) -> list[str]:
    conversations = sum(day.facts.conversation_count for day in plan.days)
    recordings = sum(day.recordings for day in plan.days)
    numbers = [conversations, recordings, *plan.calls.values(), plan.call_count]
    return ["total", *map(str, numbers), _gb(plan.coming_bytes), ""]


def _summary(plan: Plan) -> Iterable[str]:
    terms, basis = plan.terms, plan.basis
    yield (
        f"API: {plan.call_count} calls at {terms.usable_per_minute} of {terms.per_minute} a minute "
        f"({terms.reserve:.0%} left to others): {_hours(plan.allowance_time)}"
    )
    download = plan.download_time
    took = "as long as your line needs" if download is None else _hours(download)
    yield f"media: {_gb(plan.coming_bytes)} GB to fetch: {took}"
    yield f"disk: {_gb(plan.headroom_bytes)} GB headroom when all is there"
    since = "assumptions" if not basis.day_count else f"the last {basis.day_count} exported days"
    yield (
        f"from {since}: {basis.odd_share:.1%} odd, {basis.recordings:.2f} recordings a "
        f"conversation, {basis.bytes_per_s:,.0f} bytes a second"
    )
    yield f"done by {plan.completion:%Y-%m-%d %H:%M} UTC if started now"
    if plan.provisional:
        names = ", ".join(map(str, plan.provisional))
        yield f"not settled by this run, to be run again: {names}"


def _hours(time: timedelta) -> str:
    return f"{time.total_seconds() / 3_600:.2f} hours"


def _gb(size: int) -> str:
    return f"{size / BYTES_PER_GB:.2f}"
