"""`recordings-pipeline erase`: conversations for good, by id or by a telephone number."""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from recordings_pipeline.cli.printing import print_table
from recordings_pipeline.core.audit.keeping import keeping_from
from recordings_pipeline.core.erasing import Erasure, Fate, Order, checked_ids
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.place import place_from
from recordings_pipeline.stages.archive import Archive, open_archive
from recordings_pipeline.stages.erasing import erase, survey
from recordings_pipeline.stages.named import check_named

_NONE = "-"


def line_of_input() -> str:
    """Ask for a telephone number, or read it from a pipe: neither history nor `ps` shows it.

    Raises:
        ConfigurationError: Nothing was given.
    """
    if sys.stdin.isatty():
        line = str(click.prompt("telephone number", hide_input=True))
    else:
        line = sys.stdin.readline()
    if not line.strip():
        raise ConfigurationError("--number", "reads the number from standard input: nothing came")
    return line.strip()


def run(
    ids: Sequence[str],
    line: str | None,
    order: Order,
    data: Path | None,
    *,
    is_confirmed: bool,
) -> bool:
    """Erase and print what went; return whether all of it did."""
    wanted = checked_ids(ids)
    place, keeping = place_from(os.environ, data), keeping_from(os.environ)
    with open_archive(place, keeping, may_begin=order.is_in_advance) as archive:
        chosen = chosen_in(archive, wanted, line, is_in_advance=order.is_in_advance)
        if chosen and not is_confirmed:
            print_erasures(
                survey(archive, chosen, is_in_advance=order.is_in_advance), is_done=False
            )
            click.confirm("Erase this for good?", abort=True)
        return print_erasures(erase(archive, chosen, order))


def show(ids: Sequence[str], line: str | None, data: Path | None, *, is_in_advance: bool) -> bool:
    """Print what would go, and touch nothing; return whether all of it would."""
    wanted = checked_ids(ids)
    with open_archive(place_from(os.environ, data)) as archive:
        chosen = chosen_in(archive, wanted, line, is_in_advance=is_in_advance)
        found = survey(archive, chosen, is_in_advance=is_in_advance)
        return print_erasures(found, is_done=False)


def chosen_in(
    archive: Archive, ids: Sequence[str], line: str | None, *, is_in_advance: bool
) -> list[str]:
    """Return the conversations that were named, and those of a telephone number.

    Raises:
        ConfigurationError: An id is a recording's, or, unless that is wanted, nobody's.
    """
    book = archive.ledger.erasures
    check_named(archive, ids, is_in_advance=is_in_advance, otherwise="forbids what may come later")
    found = [] if line is None else book.conversations_with(line)
    return list(dict.fromkeys([*ids, *found]))


def print_erasures(found: Iterable[Erasure], *, is_done: bool = True) -> bool:
    """Print a line for each conversation; return whether there are any, and all of them go."""
    erasures = list(found)
    if not erasures:
        click.echo("nothing to erase: no conversation of the days that were indexed has the number")
        return False
    rows = [
        (
            one.conversation_id,
            str(one.day or _NONE),
            str(one.fate) if is_done or one.fate is not Fate.ERASED else "would be erased",
            str(one.recording_count),
            str(one.file_count),
            str(one.size_bytes),
            one.reason or _NONE,
        )
        for one in erasures
    ]
    print_table(("conversation", "day", "fate", "recordings", "files", "bytes", "why not"), rows)
    return all(one.fate is Fate.ERASED for one in erasures)
