"""Commands that take something away for good, or keep it from being taken; no credentials."""

import sys
from datetime import datetime
from pathlib import Path

import click

from recordings_pipeline.cli.options import DAY, INCOMPLETE, data_option


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
    point, run it again. Ends what an erasure before began. Exit code 1 when something stays,
    or nothing has the number; --dry-run ends with the code that the run would end with.

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
        is_all = show(ids, line, data, is_in_advance=is_in_advance)
        sys.exit(0 if is_all else INCOMPLETE)
    order = Order(checked_reason(reason or ""), str(operator()), is_in_advance=is_in_advance)
    is_done = run(ids, line, order, data, is_confirmed=is_confirmed)
    sys.exit(0 if is_done else INCOMPLETE)


@click.group()
def hold() -> None:
    """Keep conversations or days from being erased, whoever asks, until two people release them.

    A hold beats erasure and retention. One person asks for its release, another one confirms it by
    the same command. People are told apart by the login, or, where several share one, by --as: it
    is evidence for the audit log, and no proof.

    \b
    Examples:
      recordings-pipeline hold add --from 2026-01-01 --to 2026-03-31 --reason CASE-4
      recordings-pipeline hold list
      recordings-pipeline hold release 1 --reason CASE-4-closed
    """


@hold.command()
@click.option("--conversation", "ids", multiple=True, help="Id of a conversation; repeatable.")
@click.option("--from", "first", type=DAY, help="First day of all that is held.")
@click.option("--to", "last", type=DAY, help="Last day, included.")
@click.option("--in-advance", "is_in_advance", is_flag=True, help="Also ids nobody indexed yet.")
@click.option("--reason", required=True, help="Why: a case; kept for ever.")
@click.option("--as", "claimed", help="Your name, where several people share a login.")
@data_option("work on")
def add(  # noqa: PLR0913, PLR0917 (one for each option)
    ids: tuple[str, ...],
    first: datetime | None,
    last: datetime | None,
    is_in_advance: bool,  # noqa: FBT001
    reason: str,
    claimed: str | None,
    data: Path | None,
) -> None:
    """Hold conversations, each by itself, or all of some days, exported or not.

    \b
    Examples:
      recordings-pipeline hold add --from 2026-01-01 --to 2026-03-31 --reason CASE-4
    """
    from recordings_pipeline.cli.hold import add as hold_it
    from recordings_pipeline.core.days import Span

    if bool(ids) == bool(first and last) or bool(first) != bool(last):
        raise click.UsageError("name what is held: --conversation, or --from and --to")
    if first and last and last < first:
        raise click.UsageError(f"--to {last.date()} is before --from {first.date()}")
    what = Span(first.date(), last.date()) if first and last else ids
    hold_it(what, reason, claimed, data, is_in_advance=is_in_advance)
    sys.exit(0)


@hold.command(name="list")
@data_option("look at")
def list_holds(data: Path | None) -> None:
    """Show all holds, released ones as well.

    \b
    Examples:
      recordings-pipeline hold list
    """
    from recordings_pipeline.cli.hold import show

    show(data)
    sys.exit(0)


@hold.command()
@click.argument("hold_id", type=int)
@click.option("--reason", required=True, help="Why: kept for ever.")
@click.option("--as", "claimed", help="Your name, where several people share a login.")
@data_option("work on")
def release(hold_id: int, reason: str, claimed: str | None, data: Path | None) -> None:
    """Ask for the release of a hold, or confirm what somebody else has asked for.

    \b
    Examples:
      recordings-pipeline hold release 1 --reason CASE-4-closed
    """
    from recordings_pipeline.cli.hold import let_go

    let_go(hold_id, reason, claimed, data)
    sys.exit(0)


@click.command()
@click.option("--apply/--dry-run", "is_applied", default=False, help="Erase; default: only tell.")
@data_option("erase from")
def retain(is_applied: bool, data: Path | None) -> None:  # noqa: FBT001
    """Erase what was kept for longer than RECORDINGS_KEEP_DAYS; by default only say what would go.

    The time runs from the end of a conversation's day. What is held stays, and is listed with its
    hold. Exit code 1 when something stays for another reason: run it again.

    \b
    Examples:
      RECORDINGS_KEEP_DAYS=365 recordings-pipeline retain
      RECORDINGS_KEEP_DAYS=365 recordings-pipeline retain --apply
    """
    from recordings_pipeline.cli.retain import run

    sys.exit(0 if run(data, is_applied=is_applied) else INCOMPLETE)


@click.command()
@click.argument("id_", metavar="ID")
@click.option(
    "--identity",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of age-keygen with the private key; default: RECORDINGS_AGE_IDENTITY_FILE.",
)
@click.option(
    "--output",
    default=Path(),
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Directory to write to; default: this one.",
)
@data_option("read")
def decrypt(id_: str, identity: Path | None, output: Path, data: Path | None) -> None:
    """Decrypt audio and raw data of a conversation or recording into a directory; ours stay.

    What comes out has the SHA-256 it had when it was encrypted, or nothing comes out. The private
    key does not belong on the exporter: copy the data directory to where the key is. Only its owner
    may read the key's file. Exit code 1 when a file is for another key, or damaged.

    \b
    Examples:
      recordings-pipeline decrypt 5b3c6f4e-0a4f-4f0e-9d4e-1f2a3b4c5d6e --identity key.txt
    """
    from recordings_pipeline.cli.decrypt import run

    run(id_, identity, output, data)
    sys.exit(0)
