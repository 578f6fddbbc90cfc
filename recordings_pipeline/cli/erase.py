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
    with open_archive(place_from(os.environ, data), keeping_from(os.environ)) as archive:
        chosen = chosen_in(archive, wanted, line, is_in_advance=order.is_in_advance)
        if chosen and not is_confirmed:
            print_erasures(survey(archive, chosen))
            click.confirm("Erase this for good?", abort=True)
        return print_erasures(erase(archive, chosen, order))


def show(ids: Sequence[str], line: str | None, data: Path | None) -> None:
    """Print what would go, and touch nothing."""
    wanted = checked_ids(ids)
    with open_archive(place_from(os.environ, data)) as archive:
        chosen = chosen_in(archive, wanted, line, is_in_advance=True)
        print_erasures(survey(archive, chosen), is_done=False)


def chosen_in(
    archive: Archive, ids: Sequence[str], line: str | None, *, is_in_advance: bool
) -> list[str]:
    """Return the conversations that were named, and those of a telephone number.

    Raises:
        ConfigurationError: An id is a recording's, or, unless that is wanted, nobody's.
    """
    book = archive.ledger
    for id_ in ids:
        standing = book.standings_of([id_]).get(id_)
        if standing is not None:
            whose = standing.conversation_id
            problem = f"{id_} is a recording of the conversation {whose}: name that, as a whole"
            raise ConfigurationError("--conversation", problem)
    known = book.erasures.days_of(ids)
    unknown = [id_ for id_ in ids if id_ not in known and id_ not in book.erasures.among(ids)]
    if unknown and not is_in_advance:
        problem = f"{unknown[0]} is not known: check it; --in-advance forbids what may come later"
        raise ConfigurationError("--conversation", problem)
    found = [] if line is None else book.erasures.conversations_with(line)
    return list(dict.fromkeys([*ids, *found]))


def print_erasures(found: Iterable[Erasure], *, is_done: bool = True) -> bool:
    """Print a line for each conversation; return whether nothing stood in the way."""
    erasures = list(found)
    if not erasures:
        click.echo("nothing to erase")
        return True
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
