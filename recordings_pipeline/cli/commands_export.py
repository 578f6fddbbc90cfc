"""Commands that export days, and that tell before and afterwards how they stand."""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from recordings_pipeline.cli.options import DAY, INCOMPLETE, data_option
from recordings_pipeline.core.days import Day


@click.command()
@click.option("--from", "first", type=DAY, help="First day, such as 2026-01-01.")
@click.option("--to", "last", type=DAY, help="Last day; it is included.")
@click.option(
    "--look-back",
    is_flag=True,
    help="The last days and every older one that is not settled, instead of a range.",
)
@data_option("write under")
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


@click.command()
@click.option("--from", "first", type=DAY, required=True, help="First day, such as 2026-01-01.")
@click.option("--to", "last", type=DAY, required=True, help="Last day; it is included.")
@data_option("plan for")
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


@click.command()
@click.option("--from", "first", type=DAY, help="First day; default: the first there is.")
@click.option("--to", "last", type=DAY, help="Last day, included; default: the last there is.")
@data_option("look into")
def status(first: datetime | None, last: datetime | None, data: Path | None) -> None:
    """Show how days stand, and what was planned beside what happened; needs no credentials.

    \b
    Example:
      recordings-pipeline status --from 2026-01-01 --to 2026-01-31
    """
    from recordings_pipeline.cli.status import run

    run(first.date() if first else date.min, last.date() if last else date.max, data)
    sys.exit(0)


@click.command()
def rescue() -> None:
    """List recordings that the source archives or deletes soon, and that were not exported.

    It looks RECORDINGS_RESCUE_DAYS ahead, and exits 1 when there is something to rescue.

    \b
    Example:
      RECORDINGS_RESCUE_DAYS=30 recordings-pipeline rescue
    """
    from recordings_pipeline.cli.rescue import run

    sys.exit(0 if run() else INCOMPLETE)


@click.command()
@click.option("--day", type=DAY, help="Day to look at; default: yesterday, UTC; all with --deep.")
@click.option("--deep", is_flag=True, help="Look at what was exported instead: every invariant.")
@data_option("look at with --deep")
def doctor(day: datetime | None, deep: bool, data: Path | None) -> None:  # noqa: FBT001
    """Check credentials, permissions, space, allowance and codecs; move nothing.

    With --deep it needs no credentials and reads the directory: whether files, tables, ledger and
    audit log are what they have to be, one line for each invariant. Exports may run meanwhile.
    Exit code 1 when something fails or is violated.

    \b
    Examples:
      recordings-pipeline doctor --day 2026-01-31
      recordings-pipeline doctor --deep
      recordings-pipeline doctor --deep --day 2026-01-31 --data /srv/recordings
    """
    if deep:
        from recordings_pipeline.cli.doctor_deep import run as run_deep

        sys.exit(0 if run_deep(day.date() if day else None, data) else INCOMPLETE)
    if data is not None:
        raise click.UsageError("--data goes with --deep; otherwise RECORDINGS_DATA counts")
    from recordings_pipeline.cli.doctor import run

    chosen = day.date() if day else datetime.now(UTC).date() - timedelta(days=1)
    sys.exit(0 if run(chosen) else INCOMPLETE)
