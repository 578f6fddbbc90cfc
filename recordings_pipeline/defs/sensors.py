"""Automation: what outside events start a run."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from recordings_pipeline.core.errors import RecordingsError
from recordings_pipeline.core.layout import INCOMING
from recordings_pipeline.core.quantities import BYTES_PER_MB
from recordings_pipeline.defs import speech
from recordings_pipeline.defs.ingest import ingest_incoming
from recordings_pipeline.defs.partitions import DAYS
from recordings_pipeline.defs.resources import Organization

if TYPE_CHECKING:
    from recordings_pipeline.stages.noticing import Arrived, Noticed

# A tick asks Dagster about every run key it requests, one after the other.
MOST_DAYS_PER_TICK = 20
# A log names so many of what was refused; all of them are in the audit log.
_MOST_NAMED = 20

after_arrival = dg.define_asset_job(
    "after_arrival",
    selection=dg.AssetSelection.assets(
        speech.transcripts,
        speech.voice_activity,
        speech.diarization,
        speech.conversation_metrics,
    ),
    description="What is built from audio and words, for a day that gained audio.",
)


@dg.sensor(
    jobs=[after_arrival, ingest_incoming],
    minimum_interval_seconds=30,
    description=(
        "Files that arrive in the export directory, by our downloads or any other way, become "
        "audit events, and their days are run once nobody works on them; what lies in incoming/ is "
        "ingested. Reads the journal of `recordings-pipeline watch`; without one it looks itself."
    ),
)
def export_directory_sensor(
    context: dg.SensorEvaluationContext, organization: Organization
) -> dg.SensorResult:
    """Read the watcher's journal on, and request a run for each day that gained audio.

    The cursor is a byte of the journal, with what this tick requests: Dagster keeps both or none,
    so that the next tick knows that it was requested. A tick that is repeated, or overlaps with
    another one, requests the same keys, and Dagster runs a key once.
    """
    from recordings_pipeline.core.arrivals import position_from, position_text
    from recordings_pipeline.stages.noticing import notice

    now = datetime.now(UTC)
    try:
        found = notice(
            organization.place, position_from(context.cursor), now, most_days=MOST_DAYS_PER_TICK
        )
    except RecordingsError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    _tell(context.log, found)
    requests = [
        request
        for place, key in found.due.items()
        if (request := _request(context.log, place, key)) is not None
    ]
    return dg.SensorResult(
        cursor=position_text(found.position),
        run_requests=requests,
        asset_events=_observations(found.arrived),
        skip_reason=None if requests else _why_not(found),
    )


def _request(log: logging.Logger, place: str, key: str) -> dg.RunRequest | None:
    if place == INCOMING.name:
        return dg.RunRequest(run_key=key, job_name=ingest_incoming.name)
    # A day the partitions do not offer (today's, or one before the first day) would fail this tick
    # and, because the cursor stays, every later one.
    if not DAYS.has_partition_key(place):
        log.info("audio arrived for %s, which is not offered as a partition", place)
        return None
    return dg.RunRequest(run_key=key, job_name=after_arrival.name, partition_key=place)


def _observations(arrived: Mapping[str, "Arrived"]) -> list[dg.AssetObservation]:
    """Say how much arrived, an event per day: Dagster plots the numbers over days."""
    return [
        dg.AssetObservation(
            asset_key="audio_files",
            partition=place,
            metadata={
                "arrived_files": found.file_count,
                "arrived_bytes": found.size_bytes,
                **_rate(found),
            },
        )
        for place, found in arrived.items()
        if place not in ("", INCOMING.name) and DAYS.has_partition_key(place)
    ]


def _rate(found: "Arrived") -> dict[str, float]:
    """Return MB/s between the first and the last arrival; what came at once has no rate."""
    if not found.seconds:
        return {}
    return {"arrived_mb_per_s": round(found.size_bytes / BYTES_PER_MB / found.seconds, 3)}


def _tell(log: logging.Logger, found: "Noticed") -> None:
    for place, arrived in found.arrived.items():
        size = arrived.size_bytes / BYTES_PER_MB
        name = place or "no day"
        log.info("%d files arrived for %s, %.1f MB", arrived.file_count, name, size)
    for entry in found.refused[:_MOST_NAMED]:
        log.warning("not opened: %s: %s", entry.id, entry.reason)
    if len(found.refused) > _MOST_NAMED:
        log.warning("… and %d more", len(found.refused) - _MOST_NAMED)
    if not found.is_watched:
        log.info("no watcher lives: looking at the directory; run `recordings-pipeline watch`")


def _why_not(found: "Noticed") -> str:
    if found.position.is_owed:
        return "somebody works on the days that gained files: requested as soon as nobody does"
    if found.arrived:
        return "what arrived belongs to no day that is offered"
    return "nothing arrived since the last tick"
