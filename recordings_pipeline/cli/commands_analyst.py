"""Commands for who reads the tables; they need no credentials."""

import sys
from pathlib import Path

import click

from recordings_pipeline.cli.options import data_option


@click.command()
def dictionary() -> None:
    """Print what every table and column means, as Markdown.

    \b
    Example:
      recordings-pipeline dictionary > data/README.md
    """
    from recordings_pipeline.core.dictionary import dictionary as text

    click.echo(text(), nl=False)
    sys.exit(0)


@click.command()
@click.argument("query")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    show_default="table on a terminal, csv elsewhere",
    help="csv is safe to open in a spreadsheet; json is exact, a row a line.",
)
@data_option("ask")
def sql(query: str, form: str | None, data: Path | None) -> None:
    """Ask the tables in SQL, by their names; - reads the query from standard input.

    It reads and does nothing else: one SELECT, in DuckDB's dialect, over the views of
    catalog.duckdb. What people said is made harmless in tables and CSV: controls become U+FFFD, and
    a text that a spreadsheet would take for a formula begins with an apostrophe.

    \b
    Examples:
      recordings-pipeline sql "SHOW TABLES"
      recordings-pipeline sql "DESCRIBE transcripts"
      recordings-pipeline sql "SELECT date, outcome, count(*) FROM audio_files GROUP BY ALL"
      recordings-pipeline sql --format json - < question.sql
    """
    from recordings_pipeline.cli.sql import run

    run(query, form, data)
    sys.exit(0)
