"""Why a communication that was recorded has no recording, and what a person does about it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recordings_pipeline.core.completeness import is_deferred
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.discovery import is_whole
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.settling import LONGEST_CONVERSATION, SETTLING_DELAY, is_old_enough
from recordings_pipeline.core.standings import KnownConversation, Standing

# More than a person reads; the number of all of them is told beside the table.
MOST_SHOWN = 50


class UploadStatus(StrEnum):
    """How the source's report says an upload stands, in the platform's words."""

    PENDING = "Pending"
    WAITING = "WaitForConversation"
    FAILED = "Failure"


class GapKind(StrEnum):
    """What is known of a gap."""

    OPEN = "open"
    UPLOAD_FAILED = "upload failed"
    UPLOAD_PENDING = "upload pending"
    NOT_READY = "not ready"
    MAY_COME = "may come"
    UNEXPLAINED = "unexplained"
    UNTRIED = "untried"


# Nothing that we wait for ends these.
_FAILING = frozenset({GapKind.UPLOAD_FAILED, GapKind.UNEXPLAINED, GapKind.UNTRIED})
_AGAIN = "nothing: the next run of the day asks again"


@dataclass(frozen=True, slots=True)
class Gap:
    """A recording that should be there.

    Attributes:
        id: The communication that was recorded; the recording, where it is listed but untried.
        reason: Why it is not there, for a person.
        next_step: What that person can do about it.
        is_failing: Whether the day fails because of it; a provisional gap may still close.
    """

    id: str
    conversation_id: str
    kind: GapKind
    reason: str
    next_step: str
    is_failing: bool


@dataclass(frozen=True, slots=True)
class GapEvidence:
    """What decides why recordings are not there.

    Attributes:
        now: When the source was asked.
        uploads: Conversations by status of their uploads, from the source's reports; None when
            it was not asked, or would not say.
        standings: How the recordings of those conversations stand.
    """

    now: datetime
    uploads: Mapping[UploadStatus, Collection[str]] | None
    standings: Collection[Standing] = ()


def gaps(
    day: Day, conversations: Iterable[KnownConversation], evidence: GapEvidence
) -> tuple[Gap, ...]:
    """Return a gap for each communication that was recorded and has no recording.

    They are ordered like the conversations. What the source listed once and no longer does is none:
    it is in the ledger, with an outcome of its own.
    """
    listed = {s.communication_id for s in evidence.standings if _is_whole(s)}
    deferred = {s.conversation_id for s in evidence.standings if is_deferred(s.verdict)}
    return tuple(
        _gap(day, conversation, id_, evidence, is_waiting=conversation.conversation_id in deferred)
        for conversation in conversations
        for id_ in conversation.unlisted_ids
        if id_ not in listed
    )


def untried(standings: Iterable[Standing]) -> tuple[Gap, ...]:
    """Return a gap for each recording that is listed, and that nobody has tried to fetch."""
    return tuple(
        Gap(
            standing.recording_id,
            standing.conversation_id,
            GapKind.UNTRIED,
            "it is listed, and nobody has tried to fetch it",
            "run audio_files of the day again",
            is_failing=True,
        )
        for standing in standings
        if standing.verdict.outcome is Outcome.DISCOVERED
    )


def failing(found: Iterable[Gap]) -> tuple[Gap, ...]:
    """Return the gaps that fail their day."""
    return tuple(gap for gap in found if gap.is_failing)


def counts_of_gaps(found: Collection[Gap]) -> dict[str, int]:
    """Count gaps for a stage's report: those that fail the day, and those that may close."""
    lost = len(failing(found))
    return {"gaps": lost, "provisional_gaps": len(found) - lost}


def _is_whole(standing: Standing) -> bool:
    return is_whole(standing.row.get("media"), standing.row.get("media_subtype"))


def _gap(
    day: Day, conversation: KnownConversation, id_: str, evidence: GapEvidence, *, is_waiting: bool
) -> Gap:
    kind = _kind(day, conversation, evidence, is_waiting=is_waiting)
    reason, next_step = _words(day, conversation, kind, has_report=evidence.uploads is not None)
    is_failing = kind in _FAILING and is_old_enough(day, evidence.now)
    return Gap(id_, conversation.conversation_id, kind, reason, next_step, is_failing)


def _kind(
    day: Day, conversation: KnownConversation, evidence: GapEvidence, *, is_waiting: bool
) -> GapKind:
    uploads, id_ = evidence.uploads or {}, conversation.conversation_id
    if conversation.ended is None and evidence.now < day.end + LONGEST_CONVERSATION:
        return GapKind.OPEN
    if id_ in uploads.get(UploadStatus.FAILED, ()):
        return GapKind.UPLOAD_FAILED
    if any(id_ in uploads.get(s, ()) for s in (UploadStatus.PENDING, UploadStatus.WAITING)):
        return GapKind.UPLOAD_PENDING
    if is_waiting:
        return GapKind.NOT_READY
    if evidence.now < may_come_until(day, conversation):
        return GapKind.MAY_COME
    return GapKind.UNEXPLAINED


def may_come_until(day: Day, conversation: KnownConversation) -> datetime:
    """Return when a recording of a conversation is no longer just late."""
    return max(day.end, conversation.ended or day.end) + SETTLING_DELAY


def _words(
    day: Day, conversation: KnownConversation, kind: GapKind, *, has_report: bool
) -> tuple[str, str]:
    """Return reason and next step."""
    ask = f"ask the vendor's support with conversation id {conversation.conversation_id}"
    until = may_come_until(day, conversation).strftime("%Y-%m-%d %H:%M UTC")
    unexplained = ("nothing at the source says why: no recording, and no upload that waits", ask)
    if not has_report:
        grant = (
            "grant recording:uploadReport:add and recording:uploadReport:view, run the day again"
        )
        unexplained = ("the source lists none, and its upload report may not be read", grant)
    return {
        GapKind.OPEN: ("the conversation is still open", _AGAIN),
        GapKind.UPLOAD_FAILED: ("the upload failed at the source, says its report", ask),
        GapKind.UPLOAD_PENDING: ("the upload is pending at the source, says its report", _AGAIN),
        GapKind.NOT_READY: ("recordings of the conversation are not ready at the source", _AGAIN),
        GapKind.MAY_COME: (f"it may still come until {until}", f"run the day after {until}"),
        GapKind.UNEXPLAINED: unexplained,
    }[kind]
