"""`recordings-pipeline decrypt`: what is encrypted, for whoever has the private key."""

import os
from pathlib import Path

import click

from recordings_pipeline.cli.operator import operator
from recordings_pipeline.core.place import place_from
from recordings_pipeline.core.sealing import Identity, Keys, keys_from
from recordings_pipeline.stages.accessing import tell_access
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.conversation import place_of
from recordings_pipeline.stages.unsealing import unseal


def run(id_: str, identity: Path | None, output: Path, data: Path | None) -> None:
    """Decrypt and print where the files lie."""
    keys = keys_from(os.environ)
    if identity is not None:
        keys = Keys(identity=Identity(identity, "--identity"))
    with open_archive(place_from(os.environ, data), keys=keys) as archive:
        tell_access(archive, place_of(archive, id_), "decrypt", operator())
        for path in unseal(archive, id_, output):
            click.echo(path)
