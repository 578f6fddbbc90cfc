"""`recordings-pipeline watch`: the watcher in the foreground."""

import os
from pathlib import Path

import click

from recordings_pipeline.cli.lifetime import catch_the_end
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.place import data_directory
from recordings_pipeline.storage.home import make_private
from recordings_pipeline.watch.observer import watch


def run(data: Path | None, *, until_stdin_closes: bool) -> None:
    """Watch until Ctrl-C."""
    make_private()
    root = (data or data_directory(os.environ)).absolute()
    stop = catch_the_end(until_stdin_closes=until_stdin_closes)
    click.echo(f"watching {root}/audio and {root}/incoming until Ctrl-C", err=True)
    try:
        watch(root, stop, say=lambda sentence: click.echo(sentence, err=True))
    except OSError as error:
        reason = f"cannot be watched: {error.filename or root}: {error.strerror}"
        raise ConfigurationError("RECORDINGS_DATA", reason) from None
