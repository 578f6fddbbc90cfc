"""`recordings-pipeline export`: a range of days, or a look-back, with progress."""

import os
from datetime import datetime
from pathlib import Path

import click

from recordings_pipeline.cli.lifetime import interrupted_by_sigterm
from recordings_pipeline.cli.printing import (
    counts_text,
    head_text,
    moved_text,
    print_gaps,
    stage_line,
)
from recordings_pipeline.cli.progress import Say, showing
from recordings_pipeline.core.reports import DayFailed, StageReport
from recordings_pipeline.exporter import RecordingExporter


def run(span: tuple[datetime, datetime] | None, data: Path | None) -> bool:
    """Export and print; return whether nothing is left to do.

    Args:
        span: First instant, and first one after the range; None to look back.
        data: Directory to write under; None for that of the environment.
    """
    environ = dict(os.environ)
    if data is not None:
        environ["RECORDINGS_DATA"] = str(data)
    speaker = _Speaker()
    with (
        interrupted_by_sigterm(),
        RecordingExporter.from_env(environ, report=speaker.report) as exporter,
        showing(exporter.look) as speaker.say,
    ):
        done = exporter.look_back() if span is None else exporter.export_range(*span)
    print_gaps(done.gaps)
    click.echo(f"recordings: {counts_text(done.outcomes) or 'none'}")
    click.echo(moved_text(done.throughput, is_all_there=done.is_all_there))
    if done.audit_head:
        click.echo(head_text(done.audit_head))
    return done.is_complete


class _Speaker:
    """Prints what is done, in whatever way does not disturb what is shown meanwhile."""

    def __init__(self) -> None:
        self.say: Say = lambda print_it: print_it()

    def report(self, news: StageReport | DayFailed) -> None:
        self.say(lambda: _print(news))


def _print(news: StageReport | DayFailed) -> None:
    """Say at once what is done: `click.echo` also empties the buffer of a pipe."""
    if isinstance(news, DayFailed):
        click.echo(f"{news.day} failed: {news.problem}", err=True)
        return
    click.echo(stage_line(news))
    for warning in news.warnings:
        click.echo(f"  warning: {warning}")
