"""The table of contents: everything Dagster may load, listed by hand."""

import logging
import os

import dagster as dg

from recordings_pipeline.defs import (
    archive,
    assets,
    audit,
    erasing,
    freshness,
    holding,
    ingest,
    jobs,
    late,
    notices,
    options,
    rescue,
    sensors,
    speech,
)
from recordings_pipeline.defs.resources import Organization, variables_present

# A run keeps warnings with what it tells of each asset; Python would print them into the log of the
# code server as well.
logging.getLogger("recordings_pipeline").addHandler(logging.NullHandler())

defs = dg.Definitions(
    assets=[
        assets.recording_index,
        assets.audio_files,
        speech.transcripts,
        speech.voice_activity,
        speech.diarization,
        speech.conversation_metrics,
        rescue.rescue_list,
        audit.export_audit,
        options.ARCHIVE,
    ],
    asset_checks=[
        archive.matches_the_ledger,
        audit.audit_log_is_untouched,
        freshness.days_settle_in_time,
    ],
    jobs=[
        jobs.export_day,
        jobs.recheck_days,
        jobs.daily_checks,
        jobs.verify_archive,
        audit.verify_audit_log,
        jobs.replay_quarantine,
        jobs.rebuild_tables,
        sensors.after_arrival,
        ingest.ingest_incoming,
        erasing.erase,
        erasing.retain,
        holding.hold,
    ],
    schedules=[jobs.every_day, jobs.look_back, jobs.check_up],
    sensors=[sensors.export_directory_sensor, late.late_sensor, notices.failures],
    resources={
        "organization": Organization(**variables_present(os.environ)),
        "notifier": notices.notifier(os.environ),
    },
    executor=dg.in_process_executor,
)
