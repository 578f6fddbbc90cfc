"""The table of contents: everything Dagster may load, listed by hand."""

import os

import dagster as dg

from recordings_pipeline.defs import (
    archive,
    assets,
    erasing,
    ingest,
    jobs,
    notices,
    rescue,
    sensors,
    speech,
)
from recordings_pipeline.defs.resources import Organization, variables_present

defs = dg.Definitions(
    assets=[
        assets.recording_index,
        assets.audio_files,
        speech.transcripts,
        speech.voice_activity,
        speech.diarization,
        speech.conversation_metrics,
        rescue.rescue_list,
    ],
    asset_checks=[archive.archive_matches_the_ledger],
    jobs=[
        jobs.export_day,
        jobs.verify_archive,
        jobs.replay_quarantine,
        jobs.rebuild_tables,
        sensors.after_arrival,
        ingest.ingest_incoming,
        erasing.erase,
        erasing.retain,
    ],
    schedules=[jobs.every_day, jobs.look_back],
    sensors=[sensors.export_directory_sensor, notices.failures],
    resources={
        "organization": Organization(**variables_present(os.environ)),
        "notifier": notices.notifier(os.environ),
    },
    executor=dg.in_process_executor,
)
