"""Runs the stages of a day: under its lock, in order, with the audit log brought up to date."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib.metadata import version

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

    That it began and how it ended are events of the audit log, and so is what it took of the API
    allowance, which is also added to the day. At the end the log is sealed, whether or not the
    stage succeeds; a log that cannot be sealed is found before anything begins.

    Raises:
        AuditBroken: The audit log could not tell of it; nothing was done.
        StorageFailed: The disk refused a write.
    """
    with export.home.storing(), export.home.day_lock(day):
        archive_of(export).require_sealable()
        measurement, is_done = Measurement(export.client), False
        export.ledger.events.started(stage, day, export.now(), _program())
        end_pending(archive_of(export), day)
        export.gauge.begin(stage, export.client.spent)
        try:
            report = _WORK[stage](export, day)
            if stage == STAGES[-1]:
                seal_day(archive_of(export), day)
            is_done = True
        finally:
            spent = measurement.taken()
            if spent.api_calls:
                export.ledger.days.spent(day, export.now(), spent.api_calls)
                text = spent.spent_text()
                export.ledger.spent(day, stage, export.now(), is_done=is_done, text=text)
            export.ledger.events.finished(stage, day, export.now(), is_done=is_done)
            head = archive_of(export).seal()
        describe(export.home)
    logger.info("%s %s: %d rows", stage, day, report.row_count)
    for warning in report.warnings:
        logger.warning("%s %s: %s", stage, day, warning)
    return replace(report, audit_head=str(head))


@cache
def _program() -> str:
    """Name who is at work; looking it up reads files."""
    return f"recordings-pipeline {version('recordings-pipeline')}"
