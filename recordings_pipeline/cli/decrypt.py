"""`recordings-pipeline decrypt`: encrypted audio, for whoever has the private key."""

import os
from pathlib import Path

import click

from recordings_pipeline.core.settings import data_directory
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.sealing import unseal


def run(id_: str, identity: Path, output: Path, data: Path | None) -> None:
    """Decrypt and print where the files lie."""
    with open_archive(data or data_directory(os.environ)) as archive:
        for path in unseal(archive, id_, identity, output):
            click.echo(path)
