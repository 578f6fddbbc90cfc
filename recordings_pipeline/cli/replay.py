"""`recordings-pipeline replay`: another chance for what has no file."""

import os
from collections.abc import Mapping
from pathlib import Path

import click

from recordings_pipeline.cli.printing import print_table
from recordings_pipeline.core.audit.keeping import keeping_from
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.place import place_from
from recordings_pipeline.core.replaying import Choice, replayable
from recordings_pipeline.core.settings import (
    codec_policy,
    exported_media,
    settings_from,
)
from recordings_pipeline.core.verification import export_command
from recordings_pipeline.stages.archive import Archive, open_archive
from recordings_pipeline.stages.replay import chosen, quarantine, replay

_NONE = "-"


def choice_from(environ: Mapping[str, str], outcome: str, recording_id: str | None) -> Choice:
    """Return what a person wants to be fetched once more, by what is exported now."""
    policy, media = codec_policy(environ), exported_media(environ)
    return Choice(replayable(outcome), recording_id, policy, media)


def show(span: Span, choice: Choice, data: Path | None) -> None:
    """Print what lies in quarantine, or what else is to be replayed."""
    with open_archive(place_from(os.environ, data)) as archive:
        if choice.outcome is Outcome.QUARANTINED:
            _show_quarantine(archive, span)
            return
        found = chosen(archive, span, choice)
    rows = [(str(day), id_, why) for day, reasons in found.items() for id_, why in reasons.items()]
    if not rows:
        click.echo(_nothing(choice))
        return
    print_table(("day", "recording", "reason"), rows)


def _show_quarantine(archive: Archive, span: Span) -> None:
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


def run(span: Span, choice: Choice, data: Path | None, *, is_exporting: bool) -> bool:
    """Make what was chosen due and say so; return whether it was done on every day."""
    if is_exporting:
        settings_from(os.environ)  # wrong ones are told before anything is moved
    days: list[Day] = []
    is_done = True
    root, keeping = place_from(os.environ, data), keeping_from(os.environ)
    with open_archive(root, keeping) as archive:
        for done in replay(archive, span, choice):
            if done.problem:
                is_done = False
                click.echo(f"{done.day} not replayed: {done.problem}", err=True)
            else:
                days.append(done.day)
                click.echo(f"{done.day}: {len(done.recording_ids)} recordings are due again")
    if not days and is_done:
        click.echo(_nothing(choice))
    if is_exporting:
        from recordings_pipeline.cli.export import run as export

        for day in days:
            is_done = export((day.start, day.end), data) and is_done
        return is_done
    for day in days:
        click.echo(export_command(day))
    return is_done


def _nothing(choice: Choice) -> str:
    is_excluded = choice.outcome is Outcome.EXCLUDED
    wanted = " and wanted by RECORDINGS_CODECS and RECORDINGS_MEDIA" if is_excluded else ""
    return f"nothing is {choice.outcome}{wanted}"
