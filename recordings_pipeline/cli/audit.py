"""`recordings-pipeline audit`: the log verified, shown, and as a table."""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

import click

from recordings_pipeline.cli.operator import operator
from recordings_pipeline.cli.printing import print_table
from recordings_pipeline.core.audit.actions import ACTIONS
from recordings_pipeline.core.audit.choice import Choice, event_text
from recordings_pipeline.core.audit.keeping import keeping_from
from recordings_pipeline.core.audit.manifest import Head
from recordings_pipeline.core.audit.recovering import recording_days
from recordings_pipeline.core.days import Span
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.place import data_directory, place_from
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.audit import publish_audit, told_events, verify_audit
from recordings_pipeline.stages.recovering import lacking
from recordings_pipeline.stages.recovering import recover as recover_it

_PAGE = 1_000


def verify(
    data: Path | None, keys: Sequence[Path], head: Head | None, *, is_with_ledger: bool
) -> bool:
    """Verify, print what does not fit; return whether everything does."""
    started = time.monotonic()
    keeping = keeping_from(os.environ)
    place = place_from(os.environ, data)
    found = verify_audit(place, keeping, keys, head, is_with_ledger=is_with_ledger)
    for finding in found.findings:
        click.echo(str(finding))
    seconds = time.monotonic() - started
    click.echo(f"{found.event_count} events in {found.segment_count} segments, {seconds:.1f} s")
    if found.open_count:
        click.echo(f"{found.open_count} events are not sealed yet: the next run seals them")
    if not is_with_ledger:
        click.echo("not compared with the ledger")
    if found.findings:
        click.echo(f"the audit log is not what was sealed: {len(found.findings)} findings")
        return False
    click.echo(f"nothing was changed, head {found.head}")
    if keeping.anchor is None and head is None:
        click.echo(
            "compared with no head that was kept elsewhere: what was cut off its end would not "
            "show; give --head, or set RECORDINGS_AUDIT_ANCHOR_DIR"
        )
    return True


def show(data: Path | None, choice: Choice, *, is_json: bool) -> None:
    """Print the chosen events, as a table or as lines of JSON.

    Raises:
        ConfigurationError: No event is called so, here or anywhere.
    """
    is_any = False
    header = ("event", "time", "action", "object", "by", "reason", "segment")
    rows: list[tuple[str, ...]] = []
    for segment, event in told_events(place_from(os.environ, data), choice):
        is_any = True
        if is_json:
            click.echo(json.dumps({**event, "segment": segment}, sort_keys=True))
            continue
        rows.append(event_text(event, segment))
        if len(rows) == _PAGE:
            print_table(header, rows)
            rows = []
    if rows:
        print_table(header, rows)
    if not is_any:
        if unknown := sorted(choice.actions - ACTIONS):
            raise ConfigurationError("--event", f"is no name of an event: {unknown[0]}")
        click.echo("no event fits", err=True)


def export(data: Path | None, span: Span) -> None:
    """Publish the table and print a line for each day."""
    is_any = False
    for table in publish_audit(data or data_directory(os.environ), span):
        is_any = True
        click.echo(f"{table.day}  {table.row_count:>6} events  {table.path}")
    if not is_any:
        click.echo("no event is sealed: export something first")


def recover(data: Path | None, *, is_dry: bool) -> None:
    """Take what a restored ledger lacks out of the sealed log, and print what that is."""
    with open_archive(place_from(os.environ, data), keeping_from(os.environ)) as archive:
        found = lacking(archive)
        if not found.events:
            click.echo("the ledger lacks nothing that is sealed")
            return
        rows = [(one.conversation_id, "erased") for one in found.tombstones]
        rows += [(one.what, f"hold {one.hold_id}") for one in found.holds]
        rows += [(f"hold {number}", "released") for number in found.released]
        if rows:
            print_table(("what", "how it stands"), rows)
        if is_dry:
            click.echo(f"would be recovered: {found.text}")
            return
        recover_it(archive, found, operator())
    days = ", ".join(map(str, sorted(recording_days(found.events))))
    click.echo(f"recovered: {found.text}")
    if days:
        click.echo(f"recordings that changed since are due again, export these days: {days}")
