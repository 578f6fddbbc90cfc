"""Which recordings the source keeps without a conversation, asked now and then for all days."""

from datetime import datetime, timedelta

from recordings_pipeline.core.days import Day
from recordings_pipeline.core.gaps import strays
from recordings_pipeline.core.orphans import Orphans, warnings
from recordings_pipeline.core.settings import MEDIA
from recordings_pipeline.core.settling import is_old_enough
from recordings_pipeline.core.unanswered import Unanswered
from recordings_pipeline.genesys import orphans as source
from recordings_pipeline.stages.export import Export
from recordings_pipeline.storage.ledger import Ledger

# The listing is that of the whole organization: the days of a backfill share it.
LOOK_AGAIN_AFTER = timedelta(minutes=15)
_NOTE, _ALL, _SOME = "orphans", "all", "some"


def asked_orphans(export: Export, now: datetime) -> tuple[Orphans | None, str]:
    """Ask for the source's orphans, unless that was done a moment ago.

    Returns:
        The orphans, None when they may not be listed; and why the listing failed. One that failed
        leaves what was listed before.
    """
    problem = ""
    if export.ledger.notes.value(_NOTE, now - LOOK_AGAIN_AFTER) is None:
        told = source.orphans(export.client, only_calls=export.exported_media == {MEDIA["call"]})
        if not isinstance(told, Unanswered):
            found, is_all = told
            wanted = export.exported_media | {MEDIA["call"]}
            export.ledger.orphans.keep(orphan for orphan in found if orphan.media in wanted)
            export.ledger.notes.keep(_NOTE, _ALL if is_all else _SOME, now)
        elif told.is_refused:
            export.ledger.notes.forget(_NOTE)
            export.ledger.orphans.keep(())
        else:
            problem = told.cause
    return known_orphans(export.ledger), problem


def known_orphans(ledger: Ledger) -> Orphans | None:
    """Return the orphans as they were when last listed; None when they never were."""
    note = ledger.notes.value(_NOTE)
    if note is None:
        return None
    found = ledger.orphans.all()
    listed = ledger.standings_of([orphan.recording_id for orphan in found if orphan.recording_id])
    days = ledger.days.days_of([o.conversation_id for o in found if o.conversation_id])
    left = tuple(orphan for orphan in found if orphan.recording_id not in listed)
    return Orphans(left, days, is_all=note == _ALL)


def orphans_told(export: Export, day: Day) -> tuple[dict[str, int], tuple[str, ...]]:
    """Count a day's orphans, and say what a person should know of them.

    Nothing is said of a day whose delay has not passed: its conversations may still claim them.
    """
    known = known_orphans(export.ledger) if is_old_enough(day, export.now()) else None
    if known is None:
        return {}, ()
    found = known.of_day(day)
    unexplaining = strays(export.ledger.days.gaps(day), found)
    return {"orphans": len(found)}, warnings(unexplaining, is_all=known.is_all)
