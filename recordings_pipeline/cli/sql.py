"""`recordings-pipeline sql`: a question to the tables, answered for a person or a program."""

import csv
import os
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import click

from recordings_pipeline.core.place import data_directory
from recordings_pipeline.core.plain_values import cell, json_line, shown
from recordings_pipeline.storage.catalog_query import Answer, answered

_MOST_SHOWN = 200


def run(query: str, form: str | None, data: Path | None) -> None:
    """Print the answer; a table on a terminal and CSV elsewhere, unless a format was chosen."""
    text = sys.stdin.read() if query == "-" else query
    with answered(data or data_directory(os.environ), text) as answer:
        _PRINT[form or ("table" if sys.stdout.isatty() else "csv")](answer)


def _print_table(answer: Answer) -> None:
    """Print a table that is as wide as the terminal; numbers on the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = list(islice(answer.rows, _MOST_SHOWN))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(answer.names):
        is_number = any(isinstance(row[number], int | float) for row in rows)
        table.add_column(Text(shown(name)), justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*(Text(shown(value)) for value in row))
    Console(markup=False, highlight=False).print(table)
    if next(answer.rows, None) is not None:
        click.echo(f"the first {_MOST_SHOWN} rows: add LIMIT, or --format csv for all", err=True)


def _print_csv(answer: Answer) -> None:
    write = csv.writer(sys.stdout, lineterminator="\n").writerow
    write(map(cell, answer.names))
    for row in answer.rows:
        write(map(cell, row))


def _print_json(answer: Answer) -> None:
    _print_lines(json_line(answer.names, row) for row in answer.rows)


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


_PRINT = {"table": _print_table, "csv": _print_csv, "json": _print_json}
FORMATS = tuple(_PRINT)
