"""`recordings-pipeline ingest`: the drop folder, taken or listed."""

import os
from pathlib import Path

import click

from recordings_pipeline.cli.printing import counts_text, print_table
from recordings_pipeline.core.audit.keeping import keeping_from
from recordings_pipeline.core.ingest import Fate
from recordings_pipeline.core.place import place_from
from recordings_pipeline.core.sealing import keys_from
from recordings_pipeline.core.settings import codec_policy
from recordings_pipeline.core.verification import printable
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.ingest import counts_of, ingest, lying, set_aside_before

_NONE = "-"


def run(data: Path | None) -> bool:
    """Ingest once, print what was not taken; return whether nothing went to the quarantine."""
    policy = codec_policy(os.environ)
    root = place_from(os.environ, data)
    keeping, keys = keeping_from(os.environ), keys_from(os.environ)
    with open_archive(root, keeping, keys=keys) as archive:
        done = []
        for one in ingest(archive, policy):
            done.append(one)
            if one.reason:
                click.echo(f"{one.fate}: {one.path}: {one.reason}")
    counts = counts_of(done)
    click.echo(
        counts_text({str(fate): counts[fate] for fate in Fate}) or "nothing lies in incoming/"
    )
    return not counts[Fate.QUARANTINED]


def show(data: Path | None) -> None:
    """Print what lies in the drop folder, and what was moved out of it before."""
    with open_archive(place_from(os.environ, data)) as archive:
        rows = [
            (one.path, str(one.size_bytes), one.recording_id or _NONE, one.reason or _NONE)
            for one in lying(archive)
        ]
        rows += [
            (printable(str(path)), str(size), _NONE, reason)
            for path, size, reason in set_aside_before(archive)
        ]
    if not rows:
        click.echo("nothing lies in incoming/, and nothing was set aside")
        return
    print_table(("path", "bytes", "recording", "why it was or would be set aside"), rows)
