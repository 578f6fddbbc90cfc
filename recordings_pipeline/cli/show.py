"""`recordings-pipeline show`: a conversation as a page for the browser."""

import os
from datetime import date
from pathlib import Path

from recordings_pipeline.cli.operator import operator
from recordings_pipeline.cli.output import tell, write_file
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.layout import call_page
from recordings_pipeline.core.place import place_from
from recordings_pipeline.core.sealing import keys_from
from recordings_pipeline.stages.accessing import tell_access
from recordings_pipeline.stages.archive import open_archive
from recordings_pipeline.stages.conversation import place_of
from recordings_pipeline.stages.page import page_of


def run(  # noqa: PLR0913, PLR0917 (one for each option)
    id_: str,
    output: Path | None,
    most_bytes: int,
    source: str | None,
    day: date | None,
    data: Path | None,
) -> Path:
    """Write the page and return where it lies."""
    keys = keys_from(os.environ)
    with open_archive(place_from(os.environ, data), keys=keys) as archive:
        place = place_of(archive, id_, None if day is None else Day(day))
        tell_access(archive, place, "show", operator())
        target = output or Path(call_page(place.recording_id or place.conversation_id))
        folder = target.absolute().parent
        page = page_of(archive, place, folder, most_bytes, source)
        write_file(target, page.text)
    for problem in page.problems:
        tell(problem)
    return target
