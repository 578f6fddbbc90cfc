"""Commands for one's own machine: the simulated organization, the demo, Dagster, the watcher."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from recordings_pipeline.cli.options import DAY, INCOMPLETE, INSTANT, data_option

_DEMO_DAY = "2026-01-31"


@click.command()
@click.option(
    "--world",
    default="small",
    show_default=True,
    help="plain, small, busy, hostile, or a TOML file like the bundled ones.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed is another world.")
@click.option("--calls-per-day", type=int, help="Conversations of a day, instead of the world's.")
@click.option("--faults", default="", help="What goes wrong: names, or a TOML file; see below.")
@click.option("--now", type=INSTANT, help="Stop its clock, such as 2026-02-03T00:00:00.")
@click.option("--port", default=0, show_default="a free one", help="Port of the API.")
@click.option("--media-port", default=0, show_default="a free one", help="Port of the media host.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 16))
@click.option("--requests-per-minute", default=300, show_default=True, help="API allowance.")
@click.option("--token-lifetime-s", default=86_400, show_default=True)
@click.option("--url-lifetime-s", default=3_600, show_default=True)
@click.option("--export-folder", help="Where recording jobs export to, as the S3 bucket would.")
@click.option(
    "--clients",
    default=1,
    show_default=True,
    type=click.IntRange(1, 16),
    help="OAuth clients: each has an allowance, and batches, of its own.",
)
@click.option("--every-permission", is_flag=True, help="Grant all, not just what we recommend.")
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
def simulate(until_stdin_closes: bool, **options: Any) -> None:  # noqa: ANN401, FBT001
    """Serve a pretend Genesys Cloud on loopback until Ctrl-C.

    Prints the variables a client needs as lines to paste, and a start page at the API's address.

    Faults go by name: after it, :0.05 hits that share of the objects, /20 every twentieth request
    of a route, @3 the third one only. The start page lists the names.

    \b
    Examples:
      recordings-pipeline simulate --seed 7 --calls-per-day 500
      recordings-pipeline simulate --world hostile --faults late-data,expired-urls:0.05
      recordings-pipeline simulate --world busy --processes 2 --requests-per-minute 100000
      recordings-pipeline simulate --world mine.toml --faults plan.toml
    """
    from recordings_pipeline.cli.simulate import run

    run(options, until_stdin_closes=until_stdin_closes)


@click.command()
@data_option("watch")
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
def watch(data: Path | None, until_stdin_closes: bool) -> None:  # noqa: FBT001
    """Journal files as they arrive, for `export_directory_sensor`, until Ctrl-C.

    Watches audio/ and the drop folder incoming/: each file counts once, when it has stopped
    growing. Links, FIFOs, devices and odd names are reported and never opened. One watcher to a
    directory; one that was killed goes on where it stopped.

    \b
    Examples:
      recordings-pipeline watch
      RECORDINGS_DATA=/srv/recordings recordings-pipeline watch
    """
    from recordings_pipeline.cli.watch import run

    run(data, until_stdin_closes=until_stdin_closes)


@click.command()
@click.option("--day", type=DAY, default=_DEMO_DAY, show_default=True, help="Day to export.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data/demo"),
    show_default=True,
    help="Directory to write under.",
)
def demo(day: datetime, data: Path) -> None:
    """Export one simulated day through Dagster and show what came out; needs no account.

    \b
    Example:
      recordings-pipeline demo
    """
    from recordings_pipeline.cli.demo import run

    if day.date() >= datetime.now(UTC).date():
        raise click.UsageError(f"--day {day.date()} has not ended: choose an earlier one")
    sys.exit(0 if run(day.date(), data) else INCOMPLETE)


@click.command()
@click.option("--port", default=3000, show_default=True, help="Port of the Dagster UI.")
def dev(port: int) -> None:
    """Run the Dagster UI and daemon, the watcher and, without credentials, the simulator.

    With GENESYS_CLIENT_ID or a secret set, the real organization is used. One Ctrl-C stops all.

    \b
    Example:
      recordings-pipeline dev --port 3001
    """
    from recordings_pipeline.cli.dev import run

    run(port)


@click.command()
@click.option("--end", "is_ending", is_flag=True, help="End them, instead of showing them.")
def sweep(is_ending: bool) -> None:  # noqa: FBT001
    """Show runs that Dagster takes for running although their process is gone, or end them.

    A restart of the host leaves them. Run it where the runs' processes would be, with DAGSTER_HOME
    set. With --end they fail, or are canceled if that was asked for, and give their slots back.
    Exit code 1 when some are found and left.

    \b
    Examples:
      recordings-pipeline sweep
      DAGSTER_HOME=data/demo/dagster recordings-pipeline sweep --end
    """
    from recordings_pipeline.cli.sweep import run

    sys.exit(0 if run(is_ending=is_ending) else INCOMPLETE)
