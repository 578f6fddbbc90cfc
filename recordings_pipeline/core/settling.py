"""When the source is done changing its mind.

The vendor states up to 48 hours until a recording is visible to queries (docstring of
``RecordingJobsQuery.conversationQuery`` in the SDK), and transcripts follow the recording.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from recordings_pipeline.core.days import Day

SETTLING_DELAY = timedelta(hours=48)
# Why a day is not settled that was planned, or tried in vain, and never indexed.
NOT_EXPORTED = "not exported yet"
# A conversation that is open after a week was left open by mistake; it holds up its day no longer.
LONGEST_CONVERSATION = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What decides whether a day is settled.

    Attributes:
        now: When the day was indexed.
        available_until: Up to when the source's data lake is complete; None for not known.
        open_count: Conversations that go on.
        deferred_count: Recordings the source is still working on.
        pending_count: The day's conversations whose uploads the source reports as pending; None
            when it would not say.
        late_count: Communications that were recorded and may still get their recording.
    """

    now: datetime
    available_until: datetime | None
    open_count: int
    deferred_count: int
    pending_count: int | None
    late_count: int = 0


def is_settled(ended: datetime | None, asked: datetime | None) -> bool:
    """Say whether an answer from ``asked`` about a conversation that ``ended`` is final.

    Args:
        ended: End of the conversation; None while it is open.
        asked: When the source was last asked; None for never.
    """
    return ended is not None and asked is not None and asked - ended >= SETTLING_DELAY


def is_old_enough(day: Day, now: datetime) -> bool:
    """Say whether the settling delay of a day has passed."""
    return now >= day.end + SETTLING_DELAY


def unsettled_because(day: Day, evidence: Evidence) -> tuple[str, ...]:
    """Return why a day may still change, a sentence each; empty when it is settled."""
    return tuple(_reasons(day, evidence))


def _reasons(day: Day, evidence: Evidence) -> Iterable[str]:
    if not is_old_enough(day, evidence.now):
        settles = (day.end + SETTLING_DELAY).strftime("%Y-%m-%d %H:%M")
        yield f"recordings and transcripts may come until {settles} UTC"
    if evidence.available_until is not None and evidence.available_until < day.end:
        until = evidence.available_until.strftime("%Y-%m-%d %H:%M")
        yield f"the source's analytics are complete up to {until} UTC only"
    if evidence.open_count and evidence.now < day.end + LONGEST_CONVERSATION:
        yield f"{evidence.open_count} conversations are still open"
    if evidence.deferred_count:
        yield f"{evidence.deferred_count} recordings are not ready at the source"
    if evidence.late_count and is_old_enough(day, evidence.now):
        yield f"{evidence.late_count} legs were recorded, and may still get their recording"
    if evidence.pending_count:
        yield f"{evidence.pending_count} conversations have uploads pending at the source"
