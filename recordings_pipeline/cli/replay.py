"""`recordings-pipeline replay`: another chance for what lies in quarantine."""

import os
from pathlib import Path

import click

from recordings_pipeline.cli.printing import print_table
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.settings import data_directory, settings_from
from recordings_pipeline.core.verification import export_command
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.replay import quarantine, replay

_NONE = "-"


def show(span: Span, data: Path | None) -> None:
    """Print what lies in quarantine."""
    with open_archive(data or data_directory(os.environ)) as archive:
        rows = [
            (
                str(found.day),
                found.recording_id or _NONE,
                found.reason or "not written down",
                str(found.size_bytes) if found.path else _NONE,
                found.path or _NONE,
            )
            for found in quarantine(archive, span)
        ]
    if not rows:
        click.echo("nothing lies in quarantine")
        return
    print_table(("day", "recording", "reason", "bytes", "path"), rows)


def run(span: Span, recording_id: str | None, data: Path | None, *, is_exporting: bool) -> bool:
    """Make what is quarantined due and say so; return whether it was done on every day."""
    if is_exporting:
        settings_from(os.environ)  # wrong ones are told before anything is moved
    days: list[Day] = []
    is_done = True
    with open_archive(data or data_directory(os.environ)) as archive:
        for done in replay(archive, span, recording_id):
            if done.problem:
                is_done = False
                click.echo(f"{done.day} not replayed: {done.problem}", err=True)
            else:
                days.append(done.day)
                click.echo(f"{done.day}: {len(done.recording_ids)} recordings are due again")
    if not days and is_done:
        click.echo("nothing is quarantined")
    if is_exporting:
        from recordings_pipeline.cli.export import run as export

        for day in days:
            is_done = export((day.start, day.end), data) and is_done
        return is_done
    for day in days:
        click.echo(export_command(day))
    return is_done
