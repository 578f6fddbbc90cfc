"""Which recordings should be there and are not, and what the source says of each."""

from dataclasses import dataclass
from datetime import datetime

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.gaps import GapEvidence, UploadStatus, gaps
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.settling import is_old_enough, not_ready
from recordings_pipeline.core.unanswered import Unanswered
from recordings_pipeline.genesys.analytics import conversations_by_id
from recordings_pipeline.genesys.uploads import uploads_since
from recordings_pipeline.stages.discovery import discover
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.orphans import asked_orphans


@dataclass(frozen=True, slots=True)
class Explained:
    """What the source says of a day's gaps and uploads.

    Attributes:
        pending: How many of the day's conversations have uploads pending, or why that is not
            known; None while nobody asked.
        late: How many gaps may still close.
        warnings: What a person should know.
    """

    pending: int | Unanswered | None
    late: int
    warnings: tuple[str, ...] = ()


def explain_gaps(export: Export, day: Day, now: datetime) -> Explained:
    """Give each gap of a day a reason, and keep them.

    Uploads and orphans are asked about once the settling delay has passed: before, everything may
    still come. What failed is only asked for where something is missing: a report costs three
    calls. A failure of either question fails no day.
    """
    unlisted = export.ledger.days.unlisted(day)
    wanted = tuple(UploadStatus) if unlisted else (UploadStatus.PENDING,)
    uploads, orphans, problem = None, None, ""
    if is_old_enough(day, now):
        uploads = uploads_since(export.client, day.start, wanted)
        orphans, problem = asked_orphans(export, now)
    known = export.ledger.standings_in([found.conversation_id for found in unlisted])
    standings = [standing for found in known.values() for standing in found]
    failed = uploads if isinstance(uploads, Unanswered) else None
    known_uploads = None if isinstance(uploads, Unanswered) else uploads
    evidence = GapEvidence(
        now,
        known_uploads,
        standings,
        orphans,
        uploads_problem=failed.cause if failed and not failed.is_refused else "",
        orphans_problem=problem,
    )
    found = gaps(day, unlisted, evidence)
    export.ledger.days.keep_gaps(day, found)
    pending: int | Unanswered | None = failed
    if known_uploads is not None:
        pending = len(export.ledger.days.known(day, known_uploads[UploadStatus.PENDING]))
    said = (f"orphan recordings were not listed: {problem}",) if problem else ()
    return Explained(pending, sum(not gap.is_failing for gap in found), said)


def ask_about_gaps(export: Export, day: Day) -> tuple[str, ...]:
    """Ask once more about what a settled day lacks: somebody may have repaired it.

    What was repaired may not be ready at once: a day with something deferred is settled no longer,
    so that its next run asks again.

    Returns:
        What a person should know.
    """
    unlisted = {found.conversation_id for found in export.ledger.days.unlisted(day)}
    ids = sorted(unlisted | export.ledger.deferred(day).keys())
    if not ids:
        return ()
    discover(export, day, conversations_by_id(export.client, ids), len(ids))
    explained = explain_gaps(export, day, export.now())
    waiting = export.ledger.totals.counts(day).get(str(Outcome.DEFERRED), 0)
    if waiting:
        export.ledger.days.unsettle(day, not_ready(waiting))
    return explained.warnings
