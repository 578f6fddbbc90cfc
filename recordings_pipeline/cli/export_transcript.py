"""`recordings-pipeline export-transcript`: what was said, in a format others read."""

import os
from datetime import date
from pathlib import Path

from recordings_pipeline.cli.operator import operator
from recordings_pipeline.cli.output import print_text, tell, write_file
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.place import place_from
from recordings_pipeline.core.sealing import keys_from
from recordings_pipeline.stages.accessing import tell_access
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.conversation import place_of
from recordings_pipeline.stages.interchange import Wanted, interchange

__all__ = ["Wanted", "run"]


def run(id_: str, wanted: Wanted, output: Path | None, day: date | None, data: Path | None) -> None:
    """Print the text, or write it to a file."""
    keys = keys_from(os.environ)
    with open_archive(place_from(os.environ, data), keys=keys) as archive:
        place = place_of(archive, id_, None if day is None else Day(day))
        tell_access(archive, place, f"export-transcript {wanted.kind}", operator())
        text = interchange(archive, place, wanted, tell)
        if output is None:
            print_text(text)
        else:
            write_file(output, text)
