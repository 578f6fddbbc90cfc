"""Another chance for what has no file: due again, and bytes in quarantine are kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import Busy, ConfigurationError
from recordings_pipeline.core.model import Outcome, Verdict
from recordings_pipeline.core.quarantine import Quarantined
from recordings_pipeline.core.replaying import REPLAYABLE, Choice, replayable, replayed
from recordings_pipeline.core.verification import printable
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.export import Export
from recordings_pipeline.storage.archive import quarantine_days, quarantined, set_aside


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was made due on one day.

    Attributes:
        recording_ids: The next export of the day fetches them.
        problem: Why nothing was done; empty when it was.
    """

    day: Day
    recording_ids: tuple[str, ...] = ()
    problem: str = ""


def quarantine(archive: Archive, span: Span) -> Iterator[Quarantined]:
    """Yield what lies in quarantine, by day.

    A recording that is quarantined without bytes is listed as well.
    """
    reasons = archive.ledger.archive.reasons(Outcome.QUARANTINED, span.first, span.last)
    for day in sorted({*reasons, *quarantine_days(archive.home, span.first, span.last)}):
        left = dict(reasons.get(day, {}))
        for path, size, text in quarantined(archive.home, day):
            id_ = layout.recording_of(path)
            is_current = path.parent == layout.quarantine_folder(day)
            told = reasons.get(day, {}).get(id_) if is_current else None
            left.pop(id_ if is_current else "", None)
            shown = printable(str(path))
            yield Quarantined(day, id_, told or text, size, shown, is_replayable=told is not None)
        for id_, reason in left.items():
            yield Quarantined(day, id_, reason, is_replayable=True)


def choice_of(export: Export, outcome: str, recording_id: str | None = None) -> Choice:
    """Return a choice by what an export exports.

    Raises:
        ConfigurationError: What stands so is never replayed.
    """
    return Choice(replayable(outcome), recording_id, export.engine.policy, export.exported_media)


def chosen(archive: Archive, span: Span, choice: Choice) -> dict[Day, dict[str, str]]:
    """Return why the recordings that get another chance have no file, by day and id."""
    book = archive.ledger.archive
    found = book.reasons(choice.outcome, span.first, span.last, choice.recording_id)
    taken = {
        day: {id_: reason for id_, reason in reasons.items() if choice.takes(reason)}
        for day, reasons in found.items()
    }
    return {day: reasons for day, reasons in taken.items() if reasons}


def replay(archive: Archive, span: Span, choice: Choice) -> Iterator[Replayed]:
    """Make what was chosen due again, day by day, each under its lock, with events.

    Bytes in quarantine move to a folder beside, so that those that come are not mixed up with
    them. A day that is being exported is reported and left as it is.

    Raises:
        ConfigurationError: The recording that was named does not stand so, or is not wanted.
    """
    archive.require_sealable()
    found = chosen(archive, span, choice)
    if choice.recording_id is not None and not found:
        raise ConfigurationError("--recording", _why_not(archive, choice, choice.recording_id))
    for day in found:
        try:
            yield _replay_day(archive, day, choice)
        except Busy as error:
            yield Replayed(day, problem=str(error))


def _why_not(archive: Archive, choice: Choice, recording_id: str) -> str:
    standing = archive.ledger.standings_of([recording_id]).get(recording_id)
    if standing is None:
        return f"{recording_id} is not known"
    outcome, reason = standing.verdict.outcome, standing.verdict.reason
    if outcome is choice.outcome:
        return f"{recording_id} is {outcome} for good: {reason}"
    step = f": try --outcome {outcome}" if outcome in REPLAYABLE else ""
    return f"{recording_id} is {outcome}, not {choice.outcome}{step}"


def _replay_day(archive: Archive, day: Day, choice: Choice) -> Replayed:
    home = archive.home
    with home.storing(), home.day_lock(day):
        # Once more under the lock: somebody may have been faster.
        reasons = chosen(archive, Span(day.date, day.date), choice).get(day, {})
        own, aside = layout.quarantine_folder(day), layout.quarantine_folder(day, layout.REPLAYED)
        for path, _, _ in quarantined(home, day):
            id_ = layout.recording_of(path)
            if path.parent == own and id_ in reasons:
                set_aside(home, path, aside, reasons[id_])
        for id_, reason in reasons.items():
            archive.ledger.settle(id_, replayed(Verdict(choice.outcome, reason)), archive.clock())
        archive.seal()
    return Replayed(day, tuple(reasons))
