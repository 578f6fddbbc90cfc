"""`recordings-pipeline export`: a range of days, or a look-back, with progress."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from recordings_pipeline.cli.lifetime import interrupted_by_sigterm
from recordings_pipeline.cli.printing import counts_text, moved_text, print_gaps, stage_line
from recordings_pipeline.core.reports import DayFailed, StageReport
from recordings_pipeline.exporter import RecordingExporter, Report
from recordings_pipeline.stages.export import Progress, silent


def run(span: tuple[datetime, datetime] | None, data: Path | None) -> bool:
    """Export and print; return whether nothing is left to do.

    Args:
        span: First instant, and first one after the range; None to look back.
        data: Directory to write under; None for that of the environment.
    """
    environ = dict(os.environ)
    if data is not None:
        environ["RECORDINGS_DATA"] = str(data)
    with (
        interrupted_by_sigterm(),
        _listeners() as (progress, report),
        RecordingExporter.from_env(environ, progress=progress, report=report) as exporter,
    ):
        done = exporter.look_back() if span is None else exporter.export_range(*span)
    print_gaps(done.gaps)
    click.echo(f"recordings: {counts_text(done.outcomes) or 'none'}")
    click.echo(moved_text(done.throughput, is_all_there=done.is_all_there))
    return done.is_complete


def _print(news: StageReport | DayFailed) -> None:
    """Say at once what is done: `click.echo` also empties the buffer of a pipe."""
    if isinstance(news, DayFailed):
        click.echo(f"{news.day} failed: {news.problem}", err=True)
        return
    click.echo(stage_line(news))
    for warning in news.warnings:
        click.echo(f"  warning: {warning}")


@contextmanager
def _listeners() -> Generator[tuple[Progress, Report]]:
    """Show a live bar on a terminal, none in a pipe; print what is done either way."""
    if not sys.stderr.isatty():
        yield silent, _print
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    from rich.console import Console

    with Bar(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("starting", total=None)

        def show(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        def say(news: StageReport | DayFailed) -> None:
            bar.stop()  # or the line would end up in the middle of it
            _print(news)
            bar.start()

        yield show, say
