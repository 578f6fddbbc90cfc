"""`recordings-pipeline hold`: what must not be erased."""

import os
from collections.abc import Iterable
from pathlib import Path

import click

from recordings_pipeline.cli.operator import operator
from recordings_pipeline.cli.printing import print_table
from recordings_pipeline.core.audit.keeping import keeping_from
from recordings_pipeline.core.days import Span
from recordings_pipeline.core.erasing import checked_ids, checked_reason
from recordings_pipeline.core.holding import Hold
from recordings_pipeline.core.place import place_from
from recordings_pipeline.stages.archive import Archive, open_archive
from recordings_pipeline.stages.holding import hold, release


def add(
    what: tuple[str, ...] | Span,
    reason: str,
    claimed: str | None,
    data: Path | None,
    *,
    is_in_advance: bool,
) -> None:
    """Hold, and print the numbers to release it by."""
    by, why = operator(claimed), checked_reason(reason)
    wanted = what if isinstance(what, Span) else checked_ids(what)
    place, keeping = place_from(os.environ, data), keeping_from(os.environ)
    with open_archive(place, keeping, may_begin=is_in_advance) as archive:
        _print(hold(archive, wanted, why, by, is_in_advance=is_in_advance))
        if isinstance(wanted, Span):
            _tell_gone(archive, wanted)


def _tell_gone(archive: Archive, days: Span) -> None:
    """Say what of some days no hold brings back."""
    gone, unknown = archive.ledger.erasures.counts_of(days)
    if gone:
        click.echo(
            f"{gone} of their conversations were erased before, and cannot be held", err=True
        )
    if unknown:
        text = f"{unknown} more were erased that nobody had indexed: they may be of these days"
        click.echo(text, err=True)


def let_go(hold_id: int, reason: str, claimed: str | None, data: Path | None) -> None:
    """Ask for a release, or confirm it, and print which."""
    by, why = operator(claimed), checked_reason(reason)
    with open_archive(place_from(os.environ, data), keeping_from(os.environ)) as archive:
        _print([release(archive, hold_id, why, by)])


def show(data: Path | None) -> None:
    """Print all holds, released ones as well."""
    with open_archive(place_from(os.environ, data)) as archive:
        _print(archive.ledger.holds.all())


def _print(found: Iterable[Hold]) -> None:
    rows = [
        (
            str(one.hold_id),
            one.what,
            one.state,
            f"{one.held_time:%Y-%m-%d %H:%M}",
            one.held_by,
            one.reason,
        )
        for one in found
    ]
    if not rows:
        click.echo("nothing is held")
        return
    print_table(("hold", "what", "state", "since (UTC)", "by", "reason"), rows)
