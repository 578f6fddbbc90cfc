"""`recordings-pipeline doctor`: the preflight as a table."""

import os
from datetime import date

import click

from recordings_pipeline.cli.printing import print_table
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.preflight import failures
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.stages.preflight import check_day


def run(day: date) -> bool:
    """Print every finding about a day; return whether an export may start."""
    with open_export(settings_from(os.environ)) as export:
        found = check_day(export, Day(day))
    print_table(
        ("check", "result", "found", "what to do"),
        [(line.check, str(line.level), line.found, line.remedy) for line in found],
    )
    is_ready = not failures(found)
    click.echo(f"\n{day}: {'ready to export' if is_ready else 'not ready, see the failures above'}")
    return is_ready
