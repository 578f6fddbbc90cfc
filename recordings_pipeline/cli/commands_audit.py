"""Commands for auditors; they need no credentials and ask nobody."""

import sys
from datetime import date, datetime
from pathlib import Path

import click

from recordings_pipeline.cli.options import DAY, INCOMPLETE, data_option
from recordings_pipeline.core.days import Span

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Who can tell later what was done: the sealed audit log, verified, shown, as a table.

    \b
    Examples:
      recordings-pipeline audit verify
      recordings-pipeline audit show --day 2026-01-31 --event download_failed
      recordings-pipeline audit export --from 2026-01-01 --to 2026-01-31
    """


@audit.command()
@click.option(
    "--key",
    "keys",
    type=_FILE,
    multiple=True,
    help="Public key to trust besides our own: its file, or its id; often.",
)
@click.option("--without-ledger", is_flag=True, help="For a copy of the log that has no ledger.")
@click.option("--head", "head_text", help="Head that an export printed, or a Dagster run keeps.")
@data_option("verify")
def verify(
    keys: tuple[Path, ...],
    head_text: str | None,
    data: Path | None,
    without_ledger: bool,  # noqa: FBT001
) -> None:
    """Compare the log with its manifest, signatures, the ledger, and heads kept elsewhere.

    Each finding names the file or event, what does not fit, the layer that found it, and what to
    do. Exit code 0 when all fits, 1 when something was changed, 2 when there is no log, no ledger
    to compare it with, or no key to judge its signatures by. Keys that only lie beside the log, or
    beside the head, are not trusted: whoever writes there could have put them there.

    \b
    Examples:
      recordings-pipeline audit verify
      recordings-pipeline audit verify --head 12:9f86d081…
      recordings-pipeline audit verify --data /mnt/copy --key auditor/exporter.pem --without-ledger
    """
    from recordings_pipeline.cli.audit import verify as run
    from recordings_pipeline.core.audit.manifest import head_from

    try:
        head = None if head_text is None else head_from(head_text)
    except ValueError as error:
        raise click.UsageError(f"--head: {error}") from None
    sys.exit(0 if run(data, keys, head, is_with_ledger=not without_ledger) else INCOMPLETE)


@audit.command()
@click.option("--day", type=DAY, help="Only events about that day's recordings.")
@click.option("--conversation", help="Only those about a conversation, by its id.")
@click.option("--recording", help="Only those about a recording, by its id.")
@click.option("--event", help="Only one action, or the tutorial's name for some: download_failed.")
@click.option("--json", "is_json", is_flag=True, help="A JSON object a line, all fields.")
@data_option("look into")
def show(  # noqa: PLR0913, PLR0917 (one for each option)
    day: datetime | None,
    conversation: str | None,
    recording: str | None,
    event: str | None,
    is_json: bool,  # noqa: FBT001
    data: Path | None,
) -> None:
    """Print events in order, those that are not sealed yet at the end.

    \b
    Examples:
      recordings-pipeline audit show --recording 5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e
      recordings-pipeline audit show --day 2026-01-31 --event recording.exported --json
    """
    from recordings_pipeline.cli.audit import show as run
    from recordings_pipeline.core.audit.actions import actions_of
    from recordings_pipeline.core.audit.choice import Choice
    from recordings_pipeline.core.layout import is_id

    for option, id_ in (("--conversation", conversation), ("--recording", recording)):
        if id_ is not None and not is_id(id_):
            raise click.UsageError(f"{option} is a UUID, in lower case: {id_}")
    key = f"{day:%Y-%m-%d}" if day else None
    actions = actions_of(event) if event else frozenset[str]()
    run(data, Choice(key, conversation, recording, actions), is_json=is_json)
    sys.exit(0)


@audit.command()
@click.option("--from", "first", type=DAY, help="First day; default: the first there is.")
@click.option("--to", "last", type=DAY, help="Last day, included; default: the last there is.")
@data_option("work on")
def export(first: datetime | None, last: datetime | None, data: Path | None) -> None:
    """Publish the sealed events as the table export_audit, a file a day.

    \b
    Example:
      recordings-pipeline audit export --from 2026-01-01 --to 2026-01-31
    """
    from recordings_pipeline.cli.audit import export as run

    if first and last and last < first:
        raise click.UsageError(f"--to {last.date()} is before --from {first.date()}")
    run(data, Span(first.date() if first else date.min, last.date() if last else date.max))
    sys.exit(0)


@audit.command()
@click.option("--dry-run", "is_dry", is_flag=True, help="Only say what would be recovered.")
@data_option("recover")
def recover(is_dry: bool, data: Path | None) -> None:  # noqa: FBT001
    """Give a ledger that was restored from a backup what was sealed since.

    Events, tombstones of what was erased, and holds come back; a release that was only asked for is
    to be asked for again. What changed of recordings is due again: export their days, then verify.
    Run it before anything else. Exit code 1 when the log is not what was sealed, or the ledger was
    written to since it was restored; nothing is done then.

    \b
    Examples:
      recordings-pipeline audit recover --dry-run
      recordings-pipeline audit recover
    """
    from recordings_pipeline.cli.audit import recover as run

    run(data, is_dry=is_dry)
    sys.exit(0)
