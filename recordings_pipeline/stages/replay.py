"""Another chance for what lies in quarantine: due again, and the old bytes are kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from recordings_pipeline.core import layout
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import Busy, ConfigurationError
from recordings_pipeline.core.quarantine import Quarantined, replayed
from recordings_pipeline.core.verification import printable
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.storage.archive import quarantine_days, quarantined, set_aside
from recordings_pipeline.storage.audit import append_events


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
    reasons = archive.ledger.archive.quarantined(span.first, span.last)
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


def replay(archive: Archive, span: Span, recording_id: str | None = None) -> Iterator[Replayed]:
    """Make what is quarantined due again, day by day, each under its lock, with events.

    The old bytes move to a folder beside, so that those that come are not mixed up with them. A
    day that is being exported is reported and left as it is.

    Raises:
        ConfigurationError: The recording that was named is not quarantined.
    """
    found = archive.ledger.archive.quarantined(span.first, span.last, recording_id)
    if recording_id is not None and not found:
        known = archive.ledger.standings_of([recording_id]).get(recording_id)
        state = "not known" if known is None else f"{known.verdict.outcome}"
        raise ConfigurationError("--recording", f"{recording_id} is {state}, not quarantined")
    for day in found:
        try:
            yield _replay_day(archive, day, recording_id)
        except Busy as error:
            yield Replayed(day, problem=str(error))


def _replay_day(archive: Archive, day: Day, recording_id: str | None) -> Replayed:
    home, book = archive.home, archive.ledger.archive
    with home.storing(), home.day_lock(day):
        # Once more under the lock: somebody may have been faster.
        reasons = book.quarantined(day.date, day.date, recording_id).get(day, {})
        own, aside = layout.quarantine_folder(day), layout.quarantine_folder(day, layout.REPLAYED)
        for path, _, _ in quarantined(home, day):
            id_ = layout.recording_of(path)
            if path.parent == own and id_ in reasons:
                set_aside(home, path, aside, reasons[id_])
        for id_, reason in reasons.items():
            archive.ledger.settle(id_, replayed(reason), archive.clock())
        append_events(home.path(layout.AUDIT), archive.ledger)
    return Replayed(day, tuple(reasons))
