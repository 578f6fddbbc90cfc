"""The command line and its exit codes."""

import logging
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import ConfigurationError, Interrupted, RecordingsError

INCOMPLETE, WRONG_SETTINGS, INTERRUPTED = 1, 2, 130
_DAY = click.DateTime(formats=["%Y-%m-%d"])
_INSTANT = click.DateTime(formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"])
_DEMO_DAY = "2026-01-31"


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "Exit codes: 0 done, 1 a day or check failed or a recording is to be fetched again, "
        "2 wrong settings, 130 interrupted."
    ),
)
@click.version_option(package_name="recordings-pipeline")
def commands() -> None:
    """Export Genesys Cloud call recordings, one UTC day at a time."""


def main() -> None:
    """Run the command line; every expected failure is one sentence, without a traceback."""
    # Commands print every warning themselves; without a handler Python would print it once more.
    logging.getLogger("recordings_pipeline").addHandler(logging.NullHandler())
    try:
        commands(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_SETTINGS)
    except ConfigurationError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(WRONG_SETTINGS)
    except (click.Abort, KeyboardInterrupt, Interrupted):
        click.echo("interrupted: what was finished is kept, the next run continues", err=True)
        sys.exit(INTERRUPTED)
    except RecordingsError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(INCOMPLETE)
    except BrokenPipeError:
        sys.exit(INCOMPLETE)


@commands.command()
@click.option("--from", "first", type=_DAY, help="First day, such as 2026-01-01.")
@click.option("--to", "last", type=_DAY, help="Last day; it is included.")
@click.option(
    "--look-back",
    is_flag=True,
    help="The last days and every older one that is not settled, instead of a range.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory to write under, instead of RECORDINGS_DATA.",
)
def export(
    first: datetime | None,
    last: datetime | None,
    look_back: bool,  # noqa: FBT001
    data: Path | None,
) -> None:
    """Export a range of days, both included, or look back for what came late.

    What is there already is not fetched again, so that an interrupted export continues.

    \b
    Examples:
      recordings-pipeline export --from 2026-01-01 --to 2026-01-31 --data /srv/recordings
      recordings-pipeline export --look-back
    """
    from recordings_pipeline.cli.export import run

    if look_back and (first or last):
        raise click.UsageError("--look-back chooses the days: leave --from and --to out")
    if look_back:
        sys.exit(0 if run(None, data) else INCOMPLETE)
    if first is None or last is None:
        raise click.UsageError("give --from and --to, or --look-back")
    if last < first:
        raise click.UsageError(f"--to {last.date()} is before --from {first.date()}")
    span = (Day(first.date()).start, Day(last.date()).end)
    sys.exit(0 if run(span, data) else INCOMPLETE)


@commands.command()
def rescue() -> None:
    """List recordings that the source archives or deletes soon, and that were not exported.

    It looks RECORDINGS_RESCUE_DAYS ahead, and exits 1 when there is something to rescue.

    \b
    Example:
      RECORDINGS_RESCUE_DAYS=30 recordings-pipeline rescue
    """
    from recordings_pipeline.cli.rescue import run

    sys.exit(0 if run() else INCOMPLETE)


@commands.command()
@click.option("--from", "first", type=_DAY, required=True, help="First day, such as 2026-01-01.")
@click.option("--to", "last", type=_DAY, required=True, help="Last day; it is included.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory to plan for, instead of RECORDINGS_DATA.",
)
def plan(first: datetime, last: datetime, data: Path | None) -> None:
    """Predict what an export of some days takes; move nothing.

    API calls by kind, hours at the allowance, audio and disk headroom. Exit code 1 when it cannot
    work. The prediction is kept: `status` compares it with what then happened.

    \b
    Example:
      recordings-pipeline plan --from 2026-01-01 --to 2026-01-31
    """
    from recordings_pipeline.cli.plan import run

    if last < first:
        raise click.UsageError(f"--to {last.date()} is before --from {first.date()}")
    sys.exit(0 if run(Day(first.date()).start, Day(last.date()).end, data) else INCOMPLETE)


@commands.command()
@click.option("--from", "first", type=_DAY, help="First day; default: the first there is.")
@click.option("--to", "last", type=_DAY, help="Last day, included; default: the last there is.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory to look into, instead of RECORDINGS_DATA.",
)
def status(first: datetime | None, last: datetime | None, data: Path | None) -> None:
    """Show how days stand, and what was planned beside what happened; needs no credentials.

    \b
    Example:
      recordings-pipeline status --from 2026-01-01 --to 2026-01-31
    """
    from recordings_pipeline.cli.status import run

    run(first.date() if first else date.min, last.date() if last else date.max, data)
    sys.exit(0)


@commands.command()
@click.option("--day", type=_DAY, help="Day to predict for; default: yesterday, UTC.")
def doctor(day: datetime | None) -> None:
    """Check credentials, permissions, space, allowance and codecs; move nothing.

    \b
    Example:
      recordings-pipeline doctor --day 2026-01-31
    """
    from recordings_pipeline.cli.doctor import run

    chosen = day.date() if day else datetime.now(UTC).date() - timedelta(days=1)
    sys.exit(0 if run(chosen) else INCOMPLETE)


@commands.command()
@click.option(
    "--world",
    default="small",
    show_default=True,
    help="plain, small, busy, hostile, or a TOML file like the bundled ones.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed is another world.")
@click.option("--calls-per-day", type=int, help="Conversations of a day, instead of the world's.")
@click.option("--faults", default="", help="What goes wrong: names, or a TOML file; see below.")
@click.option("--now", type=_INSTANT, help="Stop its clock, such as 2026-02-03T00:00:00.")
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


@commands.command()
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
def watch(until_stdin_closes: bool) -> None:  # noqa: FBT001
    """Journal audio files as they arrive, for the sensor `arrived_audio`, until Ctrl-C.

    \b
    Example:
      RECORDINGS_DATA=/srv/recordings recordings-pipeline watch
    """
    from recordings_pipeline.cli.watch import run

    run(until_stdin_closes=until_stdin_closes)


@commands.command()
@click.option("--day", type=_DAY, default=_DEMO_DAY, show_default=True, help="Day to export.")
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


@commands.command()
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
