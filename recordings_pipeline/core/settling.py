"""When the source is done changing its mind.

The vendor states up to 48 hours until a recording is visible to queries (docstring of
``RecordingJobsQuery.conversationQuery`` in the SDK), and transcripts follow the recording.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.unanswered import Unanswered

SETTLING_DELAY = timedelta(hours=48)
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
        pending_count: The day's conversations whose uploads the source reports as pending, or why
            it would not say; None when it was not asked, because everything may still come.
        late_count: Communications that were recorded and may still get their recording.
        latest_end: When the last of its conversations ended, midnight passed or not; None for
            not known.
    """

    now: datetime
    available_until: datetime | None
    open_count: int
    deferred_count: int
    pending_count: int | Unanswered | None
    late_count: int = 0
    latest_end: datetime | None = None


def final_from(day: Day, ended: datetime | None) -> datetime:
    """Return from when the source's answers about a conversation are final.

    That is when its day is old enough, so that the look with which a day settles asks about each
    of its conversations once more, however early they ended.

    Args:
        day: Day of the conversation.
        ended: End of the conversation; None while it is open.
    """
    if ended is None:
        return day.end + LONGEST_CONVERSATION
    return max(day.end, ended) + SETTLING_DELAY


def is_settled(final: datetime | None, asked: datetime | None) -> bool:
    """Say whether an answer from ``asked`` is final.

    Args:
        final: From when answers are final, as in `final_from`; None for not yet foreseeable.
        asked: When the source was last asked; None for never.
    """
    return final is not None and asked is not None and asked >= final


def is_old_enough(day: Day, now: datetime) -> bool:
    """Say whether the settling delay of a day has passed."""
    return now >= day.end + SETTLING_DELAY


def not_ready(count: int) -> str:
    """Return why a day with deferred recordings may still change."""
    return f"{count} recordings are not ready at the source"


def unsettled_because(day: Day, evidence: Evidence) -> tuple[str, ...]:
    """Return why a day may still change, a sentence each; empty when it is settled."""
    return tuple(_reasons(day, evidence))


def settling_text(day: Day, reasons: Iterable[str]) -> str:
    """Say when a provisional day settles, and why not before."""
    earliest = (day.end + SETTLING_DELAY).strftime("%Y-%m-%d %H:%M")
    return f"{day} settles with the first look after {earliest} UTC and after: {'; '.join(reasons)}"


def unchecked(day: Day, evidence: Evidence) -> tuple[str, ...]:
    """Return what a day settles without, a sentence each: what the source never says."""
    found = []
    if isinstance(evidence.pending_count, Unanswered) and evidence.pending_count.is_refused:
        found.append(
            "pending uploads could not be checked: grant recording:uploadReport:add and "
            "recording:uploadReport:view"
        )
    if evidence.available_until is None and is_old_enough(day, evidence.now):
        found.append(
            "the source does not say up to when its analytics are complete: they are taken to be"
        )
    return tuple(found)


def _reasons(day: Day, evidence: Evidence) -> Iterable[str]:
    final = final_from(day, evidence.latest_end or day.end)
    if evidence.now < final:
        # Seconds are rounded up, so that the time that is shown is never too early.
        settles = (final + timedelta(seconds=59)).strftime("%Y-%m-%d %H:%M")
        yield f"recordings and transcripts may come until {settles} UTC"
    if evidence.available_until is not None and evidence.available_until < day.end:
        until = evidence.available_until.strftime("%Y-%m-%d %H:%M")
        yield f"the source's analytics are complete up to {until} UTC only"
    if evidence.open_count and evidence.now < day.end + LONGEST_CONVERSATION:
        yield f"{evidence.open_count} conversations are still open"
    if evidence.deferred_count:
        yield not_ready(evidence.deferred_count)
    if evidence.late_count and is_old_enough(day, evidence.now):
        yield f"{evidence.late_count} legs were recorded, and may still get their recording"
    if isinstance(evidence.pending_count, Unanswered):
        # A permission may never be granted; a failure is over some day, and then we know.
        if not evidence.pending_count.is_refused:
            yield f"nobody knows which uploads are pending: {evidence.pending_count.cause}"
    elif evidence.pending_count:
        yield f"{evidence.pending_count} conversations have uploads pending at the source"
