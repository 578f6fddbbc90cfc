"""When a transcript is worth asking for, and what an answer makes of it.

Each communication has a clock of its own: transcripts come minutes after a call or days later, and
most calls never have one.
"""

from datetime import datetime, timedelta

from recordings_pipeline.core.model import TranscriptState
from recordings_pipeline.core.settling import is_settled
from recordings_pipeline.core.standings import TranscriptStanding

PENDING_DELAY = timedelta(hours=1)
# The first failure is tried again by the next run; what fails again and again costs a call a day.
FAILED_DELAYS = (timedelta(0), timedelta(hours=1), timedelta(hours=4), timedelta(hours=24))


def state_when_absent(final: datetime | None, now: datetime) -> TranscriptState:
    """Say how a transcript stands that the source does not have.

    Args:
        final: From when answers about it are final; None while its recording is deferred.
        now: When the source was asked.
    """
    return TranscriptState.NONE if is_settled(final, now) else TranscriptState.PENDING


def retry_time(
    state: TranscriptState, now: datetime, final: datetime | None, failures: int
) -> datetime | None:
    """Say when a transcript is worth asking for again; None for never, and for any time.

    What is pending is always asked for once more when answers are final. A permission that is
    missing may be granted at any time, and nobody tells us.

    Args:
        state: How it stands after the answer.
        now: When the source was asked.
        final: From when answers are final; None for not yet foreseeable.
        failures: How often it has failed in a row, this time included.
    """
    if state is TranscriptState.PENDING:
        later = now + PENDING_DELAY
        return min(later, final) if final is not None and final > now else later
    if state is TranscriptState.FAILED:
        return now + FAILED_DELAYS[min(failures, len(FAILED_DELAYS)) - 1]
    return None


def is_transcript_due(
    standing: TranscriptStanding | None, final: datetime | None, now: datetime, *, is_whole: bool
) -> bool:
    """Say whether the source is to be asked for a transcript.

    Args:
        standing: How it stands; None when nobody asked yet.
        final: From when answers about it are final; None while its recording is deferred.
        now: The present instant.
        is_whole: Whether the transcript of each of its recordings was fetched.
    """
    if standing is None:
        return True
    if standing.state in (TranscriptState.FETCHED, TranscriptState.NONE):
        is_open = standing.state is TranscriptState.NONE or not is_whole
        return is_open and not is_settled(final, standing.asked_time)
    return standing.retry_time is None or now >= standing.retry_time
