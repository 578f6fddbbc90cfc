"""Why a communication that was recorded has no recording, and what a person does about it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recordings_pipeline.core.completeness import is_deferred
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.discovery import is_whole
from recordings_pipeline.core.orphans import DELETED, PERMISSION, Orphan, Orphans, claims, named
from recordings_pipeline.core.settling import LONGEST_CONVERSATION, SETTLING_DELAY, is_old_enough
from recordings_pipeline.core.standings import KnownConversation, Standing


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
    ORPHANED = "orphaned"
    UNEXPLAINED = "unexplained"
    UNTRIED = "untried"
    UNKNOWN_RESULT = "unknown result"


# Nothing that we wait for ends these.
_FAILING = frozenset(
    {GapKind.UPLOAD_FAILED, GapKind.ORPHANED, GapKind.UNEXPLAINED, GapKind.UNTRIED}
)
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
        orphans: What the source keeps without a conversation; None when it was not asked, or may
            not be.
        uploads_problem: Why the source did not answer about uploads, a missing permission apart.
        orphans_problem: The same of orphans.
    """

    now: datetime
    uploads: Mapping[UploadStatus, Collection[str]] | None
    standings: Collection[Standing] = ()
    orphans: Orphans | None = None
    uploads_problem: str = ""
    orphans_problem: str = ""


def gaps(
    day: Day, conversations: Iterable[KnownConversation], evidence: GapEvidence
) -> tuple[Gap, ...]:
    """Return a gap for each communication that was recorded and has no recording.

    They are ordered like the conversations. What the source listed once and no longer does is none:
    it is in the ledger, with an outcome of its own.
    """
    listed = {s.communication_id for s in evidence.standings if _is_whole(s)}
    deferred = {s.conversation_id for s in evidence.standings if is_deferred(s.verdict)}
    lacking = {
        conversation: [id_ for id_ in conversation.unlisted_ids if id_ not in listed]
        for conversation in conversations
    }
    legs = {conversation.conversation_id: ids for conversation, ids in lacking.items()}
    found = evidence.orphans.of_day(day) if evidence.orphans else ()
    claimed = claims(legs, found)
    return tuple(
        _gap(
            _Lack(
                day,
                conversation,
                id_,
                is_waiting=conversation.conversation_id in deferred,
                orphan=claimed.get(id_),
            ),
            evidence,
        )
        for conversation, ids in lacking.items()
        for id_ in ids
    )


def strays(found: Iterable[Gap], of_day: Collection[Orphan]) -> tuple[Orphan, ...]:
    """Return a day's orphans that explain none of its gaps."""
    legs: dict[str, list[str]] = {}
    for gap in found:
        if gap.kind is GapKind.ORPHANED:
            legs.setdefault(gap.conversation_id, []).append(gap.id)
    claimed = {orphan.id for orphan in claims(legs, of_day).values()}
    return tuple(orphan for orphan in of_day if orphan.id not in claimed)


def failing(found: Iterable[Gap]) -> tuple[Gap, ...]:
    """Return the gaps that fail their day."""
    return tuple(gap for gap in found if gap.is_failing)


def counts_of_gaps(found: Collection[Gap]) -> dict[str, int]:
    """Count gaps for a stage's report: those that fail the day, and those that may close."""
    lost = len(failing(found))
    return {"gaps": lost, "provisional_gaps": len(found) - lost}


def _is_whole(standing: Standing) -> bool:
    return is_whole(standing.row.get("media"), standing.row.get("media_subtype"))


@dataclass(frozen=True, slots=True)
class _Lack:
    """A leg that was recorded and has no recording.

    Attributes:
        is_waiting: Whether recordings of its conversation are not ready at the source.
        orphan: Its recording, where the source has it as an orphan.
    """

    day: Day
    conversation: KnownConversation
    id: str
    is_waiting: bool
    orphan: Orphan | None


def _gap(lack: _Lack, evidence: GapEvidence) -> Gap:
    kind = _kind(lack, evidence)
    reason, next_step = _words(lack, kind, evidence)
    is_failing = kind in _FAILING and is_old_enough(lack.day, evidence.now)
    return Gap(lack.id, lack.conversation.conversation_id, kind, reason, next_step, is_failing)


def _kind(lack: _Lack, evidence: GapEvidence) -> GapKind:
    conversation, uploads = lack.conversation, evidence.uploads or {}
    id_ = conversation.conversation_id
    if conversation.ended is None and evidence.now < lack.day.end + LONGEST_CONVERSATION:
        return GapKind.OPEN
    if lack.orphan is None and id_ in uploads.get(UploadStatus.FAILED, ()):
        return GapKind.UPLOAD_FAILED
    if any(id_ in uploads.get(s, ()) for s in (UploadStatus.PENDING, UploadStatus.WAITING)):
        return GapKind.UPLOAD_PENDING
    if lack.is_waiting:
        return GapKind.NOT_READY
    if evidence.now < may_come_until(lack.day, conversation):
        return GapKind.MAY_COME
    return GapKind.UNEXPLAINED if lack.orphan is None else GapKind.ORPHANED


def may_come_until(day: Day, conversation: KnownConversation) -> datetime:
    """Return when a recording of a conversation is no longer just late."""
    return max(day.end, conversation.ended or day.end) + SETTLING_DELAY


def _words(lack: _Lack, kind: GapKind, evidence: GapEvidence) -> tuple[str, str]:
    """Return reason and next step."""
    if kind is GapKind.UNEXPLAINED:
        return _unexplained(lack, evidence)
    if kind is GapKind.ORPHANED and lack.orphan is not None:
        return _orphaned(lack.orphan)
    until = may_come_until(lack.day, lack.conversation).strftime("%Y-%m-%d %H:%M UTC")
    return {
        GapKind.OPEN: ("the conversation is still open", _AGAIN),
        GapKind.UPLOAD_FAILED: ("the upload failed at the source, says its report", _ask(lack)),
        GapKind.UPLOAD_PENDING: ("the upload is pending at the source, says its report", _AGAIN),
        GapKind.NOT_READY: ("recordings of the conversation are not ready at the source", _AGAIN),
        GapKind.MAY_COME: (f"it may still come until {until}", f"run the day after {until}"),
    }[kind]


def _unexplained(lack: _Lack, evidence: GapEvidence) -> tuple[str, str]:
    reason, step = (
        "nothing at the source says why: no recording, and no upload that waits",
        _ask(lack),
    )
    if evidence.uploads is None:
        reason = "the source lists none, and its upload report may not be read"
        step = "grant recording:uploadReport:add and recording:uploadReport:view, run the day again"
        if evidence.uploads_problem:
            reason = f"the source lists none; its upload report: {evidence.uploads_problem}"
            step = "run the day again"
    if evidence.orphans is None:
        problem = evidence.orphans_problem
        why = f"were not listed: {problem}" if problem else f"may not be read ({PERMISSION})"
        return f"{reason}; orphan recordings {why}", step
    near = evidence.orphans.near(lack.day)
    if near:
        held = f"the source holds {len(near)} orphan recordings from then without a conversation"
        return f"{reason}; {held}: {named(near)}", step
    return reason, step


def _orphaned(orphan: Orphan) -> tuple[str, str]:
    if orphan.file_state == DELETED:
        reason = f"the source had it as orphan recording {orphan.id}, and deleted it"
        return reason, f"ask the vendor's support with orphan recording id {orphan.id}"
    reason = f"the source has it as orphan recording {orphan.id}: its conversation did not claim it"
    step = (
        f"have an administrator turn orphan recording {orphan.id} into a regular one, or ask the "
        "vendor's support with that id; then run the day again"
    )
    return reason, step


def _ask(lack: _Lack) -> str:
    return f"ask the vendor's support with conversation id {lack.conversation.conversation_id}"
