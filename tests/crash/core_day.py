"""The core of an export, as a process: index, audio, transcripts and audit log of one day.

Without the libraries that describe and analyse what was exported it takes a tenth of the time, so
that every call can go wrong. How it ends is how the command line ends.
"""

import os
import sys
import traceback

from recordings_pipeline.core.completeness import unexplained
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import RecordingsError
from recordings_pipeline.core.settings import settings_from
from recordings_pipeline.stages.archive import archive_of
from recordings_pipeline.stages.audio_files import fetch_day
from recordings_pipeline.stages.export import open_export
from recordings_pipeline.stages.recording_index import index_day
from recordings_pipeline.stages.transcripts import transcribe_day

STAGES = (index_day, fetch_day, transcribe_day)


def run(key: str) -> None:
    """Export a day and leave; the environment says from where to where.

    What Python does at its end, a second after all that was imported, touches no file.
    """
    code = 1
    try:
        code = 0 if _is_done(Day.from_key(key)) else 1
    except RecordingsError as error:
        sys.stderr.write(f"error: {error}\n")
    except Exception:  # noqa: BLE001 (as Python shows what nobody expected)
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


def _is_done(day: Day) -> bool:
    with (
        open_export(settings_from(os.environ)) as export,
        export.home.storing(),
        export.home.day_lock(day),
    ):
        for stage in STAGES:
            try:
                stage(export, day)
            finally:
                archive_of(export).seal()
        return not unexplained(export.ledger.totals.counts(day))
