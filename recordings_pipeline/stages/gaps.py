"""Which recordings should be there and are not, and what the source says of each."""

from datetime import datetime

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.gaps import GapEvidence, UploadStatus, gaps
from recordings_pipeline.core.model import Outcome
from recordings_pipeline.core.settling import is_old_enough, not_ready
from recordings_pipeline.genesys.analytics import conversations_by_id
from recordings_pipeline.genesys.uploads import uploads_since
from recordings_pipeline.stages.discovery import discover
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.orphans import asked_orphans


def explain_gaps(export: Export, day: Day, now: datetime) -> tuple[int | None, int]:
    """Give each gap of a day a reason, and keep them.

    Uploads and orphans are asked about once the settling delay has passed: before, everything may
    still come. What failed is only asked for where something is missing: a report costs three
    calls.

    Returns:
        How many of the day's conversations have uploads pending, None for not known; and how many
        gaps may still close.
    """
    unlisted = export.ledger.days.unlisted(day)
    wanted = tuple(UploadStatus) if unlisted else (UploadStatus.PENDING,)
    uploads = orphans = None
    if is_old_enough(day, now):
        uploads = uploads_since(export.client, day.start, wanted)
        orphans = asked_orphans(export, now)
    known = export.ledger.standings_in([found.conversation_id for found in unlisted])
    standings = [standing for found in known.values() for standing in found]
    found = gaps(day, unlisted, GapEvidence(now, uploads, standings, orphans))
    export.ledger.days.keep_gaps(day, found)
    late = sum(not gap.is_failing for gap in found)
    if uploads is None:
        return None, late
    return len(export.ledger.days.known(day, uploads[UploadStatus.PENDING])), late


def ask_about_gaps(export: Export, day: Day) -> None:
    """Ask once more about what a settled day lacks: somebody may have repaired it.

    What was repaired may not be ready at once: a day with something deferred is settled no longer,
    so that its next run asks again.
    """
    unlisted = {found.conversation_id for found in export.ledger.days.unlisted(day)}
    ids = sorted(unlisted | export.ledger.deferred(day).keys())
    if not ids:
        return
    discover(export, day, conversations_by_id(export.client, ids), len(ids))
    explain_gaps(export, day, export.now())
    waiting = export.ledger.totals.counts(day).get(str(Outcome.DEFERRED), 0)
    if waiting:
        export.ledger.days.unsettle(day, not_ready(waiting))
