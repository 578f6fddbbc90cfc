"""Automation: what outside events start a run."""

import dagster as dg

from recordings_pipeline.defs import speech
from recordings_pipeline.defs.partitions import DAYS
from recordings_pipeline.defs.resources import Organization

# A tick asks Dagster about every run key it requests, one after the other.
MOST_DAYS_PER_TICK = 20


@dg.sensor(
    target=[
        speech.transcripts,
        speech.voice_activity,
        speech.diarization,
        speech.conversation_metrics,
    ],
    minimum_interval_seconds=30,
)
def arrived_audio(
    context: dg.SensorEvaluationContext, organization: Organization
) -> dg.SensorResult | dg.SkipReason:
    """Run what is built from audio and words for each day that gained audio since the last tick.

    A separate process (`recordings-pipeline watch`) watches the export directory and keeps a
    journal; a tick reads on from the byte where the last one stopped. The cursor is that offset.
    """
    from recordings_pipeline.watch.journal import read_arrivals

    arrivals = read_arrivals(
        organization.journal, start=int(context.cursor or 0), most_days=MOST_DAYS_PER_TICK
    )
    if not arrivals.days:
        return dg.SkipReason("no audio arrived since the last tick")
    # A day the partitions do not offer (today's, or one before the first day) would fail this tick
    # and, because the cursor stays, every later one.
    offered = [day for day in arrivals.days if DAYS.has_partition_key(str(day))]
    for day in arrivals.days:
        if day not in offered:
            context.log.info("audio arrived for %s, which is not offered as a partition", day)
    return dg.SensorResult(
        cursor=str(arrivals.end),
        run_requests=[
            dg.RunRequest(run_key=f"{day}:{arrivals.end}", partition_key=str(day))
            for day in offered
        ],
    )
