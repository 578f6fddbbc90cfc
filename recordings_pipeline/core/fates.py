"""How a recording stands after it was asked for: by an error, or by what a batch did not bring."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from recordings_pipeline.core import layout
from recordings_pipeline.core.completeness import (
    FETCHABLE,
    SENSITIVE,
    outcome_when_listed,
    outcome_when_unlisted,
)
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import (
    IntegrityError,
    NameTaken,
    NotFound,
    RecordingsError,
    Unsupported,
)
from recordings_pipeline.core.model import Outcome, Recording, Verdict
from recordings_pipeline.core.refusals import was_refused
from recordings_pipeline.core.retries import DEFERRED_DELAY, REFUSED_DELAY, recording_delay
from recordings_pipeline.core.standings import Standing


def verdict_on(error: RecordingsError) -> tuple[Verdict, timedelta | None]:
    """Say how a recording stands after an error, and after how long it is worth another try.

    What a person has to put right is worth it as soon as he has.
    """
    if isinstance(error, NotFound):
        return Verdict(Outcome.MISSING, "deleted at the source"), None
    if isinstance(error, Unsupported):
        return Verdict(Outcome.EXCLUDED, str(error)), None
    if isinstance(error, IntegrityError) and not isinstance(error, NameTaken):
        return Verdict(Outcome.QUARANTINED, str(error)), None
    is_for_people = isinstance(error, NameTaken)
    return Verdict(Outcome.RETRY, str(error)), None if is_for_people else recording_delay(error)


def needs_second_look(known: Verdict) -> bool:
    """Say whether metadata are read when a batch brings no file of a recording.

    What is new was listed a moment ago. What was tried before, or exported and lost since, may have
    gone at the source meanwhile, and nobody reads the metadata of a settled day. What is withheld
    is asked for by every run, and would cost a call each time.
    """
    is_again = known.outcome is Outcome.DISCOVERED and bool(known.reason)
    return is_again or known.outcome is Outcome.RETRY


def verdict_on_second_look(
    standing: Standing,
    listed: Iterable[Recording],
    otherwise: Verdict,
    exported_media: Collection[str],
) -> Verdict:
    """Say how a recording stands of which a batch brought no file, after metadata were read.

    Args:
        standing: How it stood before.
        listed: What the source lists of its conversation now.
        otherwise: How it stands if the source still has it.
        exported_media: Media that are to be exported.
    """
    found = next((item for item in listed if item.id == standing.recording_id), None)
    if found is None:
        verdict = outcome_when_unlisted(standing.verdict)
    else:
        verdict = outcome_when_listed(found, standing.verdict, exported_media)
    return otherwise if verdict.outcome in FETCHABLE else verdict


def delay_without_file(verdict: Verdict) -> timedelta | None:
    """Return after how long another try is worth it when no file came; None for not at all."""
    again = REFUSED_DELAY if was_refused(verdict) else recording_delay(None)
    delays = {Outcome.DEFERRED: DEFERRED_DELAY, Outcome.RETRY: again}
    return delays.get(verdict.outcome)


def warnings_of(
    day: Day, counts: dict[str, int], unknown: int, retry_time: datetime | None = None
) -> tuple[str, ...]:
    """Say what a person should know of a day's recordings.

    Args:
        day: The day.
        counts: Its recordings by outcome.
        unknown: How many recordings came that the index does not list.
        retry_time: From when on all that failed may be tried again; None for now.
    """
    found = []
    if count := counts.get(str(Outcome.FORBIDDEN)):
        found.append(f"{count} recordings {SENSITIVE}")
    if count := counts.get(str(Outcome.QUARANTINED)):
        folder = layout.QUARANTINE / f"date={day}"
        found.append(f"{count} recordings arrived whole and failed verification: look in {folder}/")
    if count := counts.get(str(Outcome.RETRY)):
        until = f" after {retry_time:%Y-%m-%d %H:%M UTC}" if retry_time else ""
        found.append(f"{count} recordings could not be fetched yet: run the day again{until}")
    if unknown:
        found.append(f"{unknown} recordings came that the index does not list: run the day again")
    return tuple(found)
