"""Runs the stages of a day: under its lock, in order, with the audit log brought up to date."""

import logging
from collections.abc import Callable, Iterator

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.reports import STAGES, StageReport
from recordings_pipeline.stages.archive import archive_of
from recordings_pipeline.stages.audio_files import fetch_day
from recordings_pipeline.stages.conversation_metrics import measure_day
from recordings_pipeline.stages.describe import describe
from recordings_pipeline.stages.diarization import diarize_day
from recordings_pipeline.stages.erasing import end_pending
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.stages.recording_index import index_day
from recordings_pipeline.stages.sealing import seal_day
from recordings_pipeline.stages.transcripts import transcribe_day
from recordings_pipeline.stages.voice_activity import listen_day
from recordings_pipeline.storage.audit import append_events

_WORK: dict[str, Callable[[Export, Day], StageReport]] = {
    "recording_index": index_day,
    "audio_files": fetch_day,
    "transcripts": transcribe_day,
    "voice_activity": listen_day,
    "diarization": diarize_day,
    "conversation_metrics": measure_day,
}

logger = logging.getLogger(__name__)


def export_day(export: Export, day: Day) -> Iterator[StageReport]:
    """Run the stages of a day, yielding each report as it is ready.

    Raises:
        PreflightFailed: Something is known to go wrong; nothing has moved.
        Busy: Another process works on the day.
    """
    for stage in STAGES:
        yield run_stage(export, stage, day)


def run_stage(export: Export, stage: str, day: Day) -> StageReport:
    """Run one stage of a day; running it again does only what is left to do.

    What it took of the API allowance is added to the day, and is an event of the audit log, whether
    or not it succeeds; no calls make none.

    Raises:
        StorageFailed: The disk refused a write.
    """
    with export.home.storing(), export.home.day_lock(day):
        measurement, is_done = Measurement(export.client), False
        end_pending(archive_of(export), day)
        export.gauge.begin(stage, export.client.spent)
        try:
            report = _WORK[stage](export, day)
            if stage == STAGES[-1] and export.recipients:
                seal_day(archive_of(export), day, export.recipients)
            is_done = True
        finally:
            spent = measurement.taken()
            if spent.api_calls:
                export.ledger.days.spent(day, export.now(), spent.api_calls)
                text = spent.spent_text()
                export.ledger.spent(day, stage, export.now(), is_done=is_done, text=text)
            append_events(export.home.path(layout.AUDIT), export.ledger)
        describe(export.home)
    logger.info("%s %s: %d rows", stage, day, report.row_count)
    for warning in report.warnings:
        logger.warning("%s %s: %s", stage, day, warning)
    return report
