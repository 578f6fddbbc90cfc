"""`recordings-pipeline rebuild`: tables about speech again, from what is kept."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click

from recordings_pipeline.cli.printing import stage_line
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.place import place_from
from recordings_pipeline.core.sealing import keys_from
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.rebuild import Watch, rebuild, unwatched


def run(span: Span, data: Path | None) -> bool:
    """Rebuild and print a line for each table's stage; return whether all days are done."""
    is_done, is_any = True, False
    keys = keys_from(os.environ)
    with open_archive(place_from(os.environ, data), keys=keys) as archive, _bar() as watch:
        for found in rebuild(archive, span, watch):
            is_any = True
            for report in found.reports:
                click.echo(stage_line(report))
                for warning in report.warnings:
                    click.echo(f"  warning: {warning}")
            if found.problem:
                is_done = False
                click.echo(f"{found.day} not rebuilt: {found.problem}", err=True)
    if not is_any:
        click.echo("no day was indexed: nothing to rebuild")
    return is_done


@contextmanager
def _bar() -> Generator[Watch]:
    """Show how many files of a day are done on a terminal, nothing of it in a pipe."""
    if not sys.stderr.isatty():
        yield unwatched
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def show(day: Day, done: int, total: int) -> None:
            bar.update(task, description=f"{day} transcripts", completed=done, total=total)

        yield show
