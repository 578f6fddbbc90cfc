"""Runs the stages of a day: under its lock, in order, with the audit log brought up to date."""

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib.metadata import version

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import RecordingsError
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
        with _told(export, stage, day):
            end_pending(archive_of(export), day)
            export.gauge.begin(stage, export.client.spent)
            report = _WORK[stage](export, day)
            if stage == STAGES[-1]:
                seal_day(archive_of(export), day)
        head = archive_of(export).seal()
        describe(export.home)
    logger.info("%s %s: %d rows", stage, day, report.row_count)
    for warning in report.warnings:
        logger.warning("%s %s: %s", stage, day, warning)
    return replace(report, audit_head=str(head))


@contextmanager
def _told(export: Export, stage: str, day: Day) -> Generator[None]:
    """Tell that a stage begins, and how it ends; the log of one that fails is sealed.

    When that fails as well, the failure stays what it is, with a note of the other.
    """
    measurement = Measurement(export.client)
    export.ledger.events.started(stage, day, export.now(), _program())
    try:
        yield
    except BaseException as failure:
        try:
            with export.home.storing():
                _ended(export, stage, day, measurement, is_done=False)
                archive_of(export).seal()
        except RecordingsError as error:
            failure.add_note(str(error))
        raise
    _ended(export, stage, day, measurement, is_done=True)


def _ended(
    export: Export, stage: str, day: Day, measurement: Measurement, *, is_done: bool
) -> None:
    """Keep how a stage ended, and what it took of the API allowance."""
    spent = measurement.taken()
    if spent.api_calls:
        export.ledger.days.spent(day, export.now(), spent.api_calls)
        text = spent.spent_text()
        export.ledger.spent(day, stage, export.now(), is_done=is_done, text=text)
    export.ledger.events.finished(stage, day, export.now(), is_done=is_done)


@cache
def _program() -> str:
    """Name who is at work; looking it up reads files."""
    return f"recordings-pipeline {version('recordings-pipeline')}"
