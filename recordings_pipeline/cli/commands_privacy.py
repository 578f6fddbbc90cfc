"""Commands that take something away for good, or keep it from being taken; no credentials."""

import sys
from pathlib import Path

import click

from recordings_pipeline.cli.options import INCOMPLETE, data_option


@click.command()
@click.option("--conversation", "ids", multiple=True, help="Id of a conversation; repeatable.")
@click.option(
    "--number",
    "has_number",
    is_flag=True,
    help="Read a telephone number from the prompt or standard input: all its conversations.",
)
@click.option("--reason", help="Why: a ticket; kept for ever, so that it must not name people.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Show what would go; change nothing.")
@click.option("--in-advance", "is_in_advance", is_flag=True, help="Also ids nobody indexed yet.")
@click.option("--yes", "is_confirmed", is_flag=True, help="Do not ask.")
@data_option("erase from")
def erase(  # noqa: PLR0913, PLR0917 (one for each option)
    ids: tuple[str, ...],
    has_number: bool,  # noqa: FBT001
    reason: str | None,
    is_dry: bool,  # noqa: FBT001
    is_in_advance: bool,  # noqa: FBT001
    is_confirmed: bool,  # noqa: FBT001
    data: Path | None,
) -> None:
    """Erase conversations for good: audio, quarantine, raw data, parts and the rows of all tables.

    A tombstone stays, so that no later export, look-back or ingest brings them back. Killed at any
    point, run it again. Ends what an erasure before began. Exit code 1 when something stays.

    \b
    Examples:
      recordings-pipeline erase --conversation 5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e --dry-run
      recordings-pipeline erase --conversation 5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e --reason DSAR-17
      recordings-pipeline erase --number --dry-run
      recordings-pipeline erase --number --reason DSAR-18 --yes < number.txt
    """
    from recordings_pipeline.cli.erase import line_of_input, run, show
    from recordings_pipeline.cli.operator import operator
    from recordings_pipeline.core.erasing import Order, checked_reason

    if not ids and not has_number:
        raise click.UsageError("name what to erase: --conversation, or --number")
    if not is_dry and not reason:
        raise click.UsageError("--reason is missing: name the ticket")
    line = line_of_input() if has_number else None
    if is_dry:
        show(ids, line, data)
        sys.exit(0)
    order = Order(checked_reason(reason or ""), operator(), is_in_advance=is_in_advance)
    is_done = run(ids, line, order, data, is_confirmed=is_confirmed)
    sys.exit(0 if is_done else INCOMPLETE)
