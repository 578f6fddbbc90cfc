"""Commands for who reads the tables; they need no credentials."""

import click


@click.command()
def dictionary() -> None:
    """Print what every table and column means, as Markdown.

    \b
    Example:
      recordings-pipeline dictionary > data/README.md
    """
    from recordings_pipeline.core.dictionary import dictionary as text

    click.echo(text(), nl=False)
