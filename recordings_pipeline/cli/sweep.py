"""`recordings-pipeline sweep`: ends runs that a restart of the host left running."""

import os
from pathlib import Path

import click

from recordings_pipeline.cli.printing import print_table
from recordings_pipeline.core.errors import ConfigurationError

_HOME = "DAGSTER_HOME"


def run(*, is_ending: bool) -> bool:
    """Show such runs, or end them; return whether none is left."""
    home = os.environ.get(_HOME)
    if not home:
        raise ConfigurationError(_HOME, "is not set: it names the directory of Dagster's instance")
    if not Path(home).is_dir():
        raise ConfigurationError(_HOME, f"is not a directory: {home}")
    # Dagster takes the directory from there, and wants the whole path.
    os.environ[_HOME] = str(Path(home).absolute())
    import dagster as dg

    from recordings_pipeline.defs.lost_runs import end_run, lost_runs

    with dg.DagsterInstance.get() as instance:
        found = list(lost_runs(instance))
        if not found:
            click.echo("every run that is shown as running has a process")
            return True
        print_table(
            ("run", "job", "days", "status", "since", "process"),
            [
                (
                    lost.id,
                    lost.job,
                    lost.days or "-",
                    lost.status,
                    f"{lost.since:%Y-%m-%d %H:%M} UTC",
                    f"{lost.process_id or 'none'}, gone",
                )
                for lost in found
            ],
        )
        if not is_ending:
            click.echo(f"\nnobody works on {len(found)} runs: `sweep --end` ends them")
            return False
        ended = sum(end_run(instance, lost) for lost in found)
    click.echo(f"\n{ended} runs ended; what they had fetched is kept, their days may run again")
    return True
