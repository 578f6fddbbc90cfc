"""`recordings-pipeline demo`: one simulated day through a real Dagster run."""

import json
import os
import time
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click

from recordings_pipeline.cli.children import child, dagster_home, simulator
from recordings_pipeline.cli.printing import head_text, moved_text, print_table
from recordings_pipeline.cli.progress import showing
from recordings_pipeline.cli.queries import print_queries
from recordings_pipeline.core.completeness import open_count
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.headway import Headway
from recordings_pipeline.core.layout import table_path
from recordings_pipeline.core.reports import STAGES
from recordings_pipeline.core.throughput import Throughput, Waits, total
from recordings_pipeline.storage.home import Home, make_private


def run(day: date, data: Path) -> bool:
    """Run the demo; return whether the day was exported."""
    make_private()
    started = time.monotonic()
    Home(data).prepare()
    base = environment_of(day, data, os.environ)
    click.echo("starting a simulated Genesys Cloud organization and a Dagster run …")
    with simulator(base) as organization:
        results = _materialize({**base, **organization}, Day(day))
    if results is None:
        return False
    _print(results, Day(day), data)
    click.echo(f"\nthe whole demo took {time.monotonic() - started:.0f} s")
    return True


def environment_of(day: date, data: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a demo: nothing that was set for a real organization is among them.

    Raises:
        ConfigurationError: DAGSTER_HOME is no directory.
    """
    ours = ("GENESYS_", "RECORDINGS_")
    base = {name: value for name, value in environ.items() if not name.startswith(ours)}
    return base | {
        "RECORDINGS_DATA": str(data.absolute()),
        # Dagster offers days from here on, so that the one of the demo is among them.
        "RECORDINGS_FIRST_DAY": day.isoformat(),
        "DAGSTER_HOME": dagster_home(base, data),
    }


def _materialize(environ: Mapping[str, str], day: Day) -> dict[str, Any] | None:
    """Run the job in a process of its own, which writes JSON lines: how far it is, what it did."""
    results: dict[str, Any] = {}
    heard: list[Headway] = []
    command = ["-m", "recordings_pipeline.cli.run_day", str(day)]
    with child(command, environ, has_helpers=True) as process:
        with showing(lambda: heard[-1] if heard else None) as say:
            for line in process.stdout or ():
                if not line.startswith("{"):
                    say(partial(click.echo, line.rstrip()))
                    continue
                news = json.loads(line)
                if "headway" in news:
                    heard[:] = [Headway(**news["headway"])]
                else:
                    results[news["asset"]] = news["metadata"]
        for stage, metadata in results.items():
            click.echo(f"  {stage:<21} {metadata['seconds']:5.1f} s")
        is_good = process.wait() == 0
    if not is_good:
        click.echo("the Dagster run failed: see the lines above", err=True)
    return results if is_good else None


def _print(results: Mapping[str, Any], day: Day, data: Path) -> None:
    rows = [(stage, str(day), *_numbers(results[stage])) for stage in STAGES]
    click.echo()
    print_table(("table", "day", "rows", "what is in it"), rows)
    for stage in STAGES:
        warning = results[stage]["warnings"]
        if warning != "none":
            click.echo(f"note: {warning}")
    spent = total(_throughput(results[stage]) for stage in STAGES)
    is_all_there = open_count(results["audio_files"]["counts"]) == 0
    click.echo(moved_text(spent, is_all_there=is_all_there))
    click.echo(head_text(results[STAGES[-1]]["audit_head"]))
    click.echo("\nwritten:")
    for stage in STAGES:
        click.echo(f"  {data / table_path(stage, day)}")
    click.echo(f"  {data / 'audio'}/date={day}/…\n")
    print_queries(data)
    click.echo("\nto look at it in Dagster: make dev, then open the address it prints")


def _numbers(metadata: Mapping[str, Any]) -> tuple[str, str]:
    counts = metadata["counts"]
    text = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in counts.items() if n)
    return str(metadata["dagster/row_count"]), text or "built from the tables above"


def _throughput(metadata: Mapping[str, Any]) -> Throughput:
    return Throughput(
        bytes_moved=metadata["bytes_moved"],
        seconds=metadata["seconds"],
        calls_by_route={"all": metadata["api_calls"]},
        rate_limited_count=metadata["rate_limited"],
        resumed_count=metadata["resumed"],
        waits=Waits(**metadata["waits"]),
    )
