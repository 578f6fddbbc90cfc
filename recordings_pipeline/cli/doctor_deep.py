"""`recordings-pipeline doctor --deep`: every invariant over what was exported, as a table."""

import os
from datetime import date
from pathlib import Path

import click

from recordings_pipeline.cli.printing import print_table
from recordings_pipeline.core.audit.keeping import keeping_from
from recordings_pipeline.core.days import Span
from recordings_pipeline.core.invariants.violation import SHOWN_BY_RUNS, STATEMENTS
from recordings_pipeline.core.place import place_from
from recordings_pipeline.core.secrets import credentials_in
from recordings_pipeline.core.settings import quota_bytes
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.deep_check import Examination, examine_archive

# Of each invariant; the counts are of all.
_MOST_SHOWN = 20


def run(day: date | None, data: Path | None) -> bool:
    """Print how each invariant stands, and what breaks it; return whether all hold."""
    span = Span() if day is None else Span(day, day)
    root, keeping = place_from(os.environ, data), keeping_from(os.environ)
    with open_archive(root, keeping) as archive:
        found = examine_archive(
            archive,
            span,
            secrets=credentials_in(os.environ),
            quota_bytes=quota_bytes(os.environ),
        )
    print_table(("", "what has to hold", "result"), _rows(found))
    _print_violations(found)
    for day_at_work in found.unjudged:
        click.echo(f"{day_at_work}: being exported just now; I5, I6 and I13 were not judged")
    return found.is_clean


def _rows(found: Examination) -> list[tuple[str, str, str]]:
    return [
        (name, statement, _result(name, len(found.violations[name])))
        for name, statement in STATEMENTS.items()
    ]


def _result(name: str, count: int) -> str:
    if name in SHOWN_BY_RUNS:
        return "only a run shows it"
    return f"{count} violated" if count else "holds"


def _print_violations(found: Examination) -> None:
    for violations in found.violations.values():
        for violation in violations[:_MOST_SHOWN]:
            click.echo(str(violation))
        if len(violations) > _MOST_SHOWN:
            click.echo(f"{violations[0].invariant}: … and {len(violations) - _MOST_SHOWN} more")
