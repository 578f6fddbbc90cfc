"""Texts that a person asked for: to standard output, or as a file that is whole or not there."""

from pathlib import Path

import click

from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.storage.durable import publish_bytes


def write_file(path: Path, text: str) -> None:
    """Replace a file as a whole.

    Raises:
        ConfigurationError: It cannot be written; the message says why.
    """
    try:
        publish_bytes(path.absolute(), text.encode())
    except OSError as error:
        raise ConfigurationError(
            "--output", f"cannot be written: {path}: {error.strerror}"
        ) from None


def tell(sentence: str) -> None:
    """Say what a text lacks, where it does not get into it."""
    click.echo(f"warning: {sentence}", err=True)


def print_text(text: str) -> None:
    """Print a text as UTF-8, whatever the terminal's language is."""
    click.echo(text.encode(), nl=False)
