"""`recordings-pipeline retain`: what was kept long enough goes."""

import os
from collections.abc import Iterable
from pathlib import Path

import click

from recordings_pipeline.cli.operator import operator
from recordings_pipeline.cli.printing import print_table
from recordings_pipeline.core.audit.keeping import keeping_from
from recordings_pipeline.core.place import place_from
from recordings_pipeline.core.retention import keep_days
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.retaining import Retained, plan, retain


def run(data: Path | None, *, is_applied: bool) -> bool:
    """Print, day by day, what goes or would go; return whether only holds kept anything."""
    days = keep_days(os.environ)
    with open_archive(place_from(os.environ, data), keeping_from(os.environ)) as archive:
        found = retain(archive, days, str(operator())) if is_applied else plan(archive, days)
        done = list(found)
    _print(done, "erased" if is_applied else "would go", days)
    return not any(one.left for one in done)


def _print(done: Iterable[Retained], fate: str, days: int) -> None:
    rows = [
        (
            str(one.day),
            str(one.conversation_count),
            str(one.recording_count),
            str(one.file_count),
            str(one.size_bytes),
            "; ".join(f"{count} stay: {reason}" for reason, count in one.stays.items()) or "-",
        )
        for one in done
    ]
    if not rows:
        click.echo(f"nothing is older than {days} days")
        return
    print_table(("day", f"conversations {fate}", "recordings", "files", "bytes", "stays"), rows)
