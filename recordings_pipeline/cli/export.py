"""`recordings-pipeline export`: a range of days, with progress."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from recordings_pipeline.cli.printing import counts_text, moved_text, stage_line
from recordings_pipeline.core.reports import ExportReport
from recordings_pipeline.exporter import RecordingExporter
from recordings_pipeline.stages.export import Progress as Report
from recordings_pipeline.stages.export import silent


def run(start: datetime, end: datetime, data: Path | None) -> bool:
    """Export and print; return whether nothing is left to do."""
    environ = dict(os.environ)
    if data is not None:
        environ["RECORDINGS_DATA"] = str(data)
    with (
        _progress() as progress,
        RecordingExporter.from_env(environ, progress=progress) as exporter,
    ):
        report = exporter.export_range(start, end)
    _print(report)
    return report.is_complete


def _print(report: ExportReport) -> None:
    for stage in report.stages:
        click.echo(stage_line(stage))
        for warning in stage.warnings:
            click.echo(f"  warning: {warning}")
    for day, problem in report.failures.items():
        click.echo(f"{day} failed: {problem}", err=True)
    click.echo(f"recordings: {counts_text(report.outcomes) or 'none'}")
    click.echo(moved_text(report.throughput, is_all_there=report.is_all_there))


@contextmanager
def _progress() -> Generator[Report]:
    """Show a live bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield silent
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    from rich.console import Console

    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def show(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        yield show
