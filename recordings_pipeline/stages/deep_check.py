"""Does everything hold that has to hold? Every invariant over one data directory.

Reads only. Exports may run meanwhile: of a day that somebody works on, only what is true at every
instant is judged.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from recordings_pipeline.core import layout
from recordings_pipeline.core.audit.findings import Finding, Layer
from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.invariants import days as of_days
from recordings_pipeline.core.invariants import erasures, files, history, places
from recordings_pipeline.core.invariants.places import Bound, Leftover
from recordings_pipeline.core.invariants.violation import STATEMENTS, Violation
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.audit import verify_audit
from recordings_pipeline.stages.deep_erased import erased_in_tables, erased_recordings, plain
from recordings_pipeline.stages.deep_tables import table_facts
from recordings_pipeline.stages.verify import verify
from recordings_pipeline.storage import examination

# Checkpoints keep the write-ahead log at 4 MB; a reader that stays may hold it back for a while.
_MOST_WAL_BYTES = 256_000_000
# A recording that is tried again every hour for a month.
_MOST_CHANGES = 1_500
_ASK = "look at its events in the audit log: something changes it again and again"


@dataclass(slots=True)
class Examination:
    """What was found, by invariant.

    Attributes:
        unjudged: Days that somebody works on just now.
    """

    violations: dict[str, list[Violation]] = field(
        default_factory=lambda: {name: [] for name in STATEMENTS}
    )
    unjudged: list[Day] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not any(self.violations.values())

    def add(self, *found: Iterable[Violation]) -> None:
        for violation in chain(*found):
            self.violations[violation.invariant].append(violation)


def examine_archive(
    archive: Archive,
    span: Span | None = None,
    *,
    secrets: Sequence[str] = (),
    quota_bytes: int | None = None,
) -> Examination:
    """Judge every invariant that a directory can show.

    Args:
        archive: What to read.
        span: Which days; all by default.
        secrets: Credentials that nothing may hold.
        quota_bytes: Most bytes of audio; None for no limit.
    """
    found, chosen = Examination(), span or Span()
    for day, verification in verify(archive, chosen):
        faults = verification.faults
        found.add(files.no_wrong_bytes(faults), files.manifest_is_disk(faults))
        if day is not None:
            _day(archive, day, found)
    _directory(archive, found, secrets)
    found.add(places.growth_is_bounded(_bounds(archive, quota_bytes)))
    return found


def _day(archive: Archive, day: Day, found: Examination) -> None:
    book, ledger = archive.ledger.histories, archive.ledger
    for one in book.of(day):  # one after the other: a day may have 100,000, with all their events
        found.add(history.events_add_up([one]), history.nothing_is_done_again([one]))
    bound = Bound(str(day), book.most_changed(day), _MOST_CHANGES, "changes of a recording", _ASK)
    found.add(places.growth_is_bounded([bound]))
    if archive.home.is_locked(str(day)):
        found.unjudged.append(day)
        return
    waiting, now = list(book.waiting(day)), archive.clock()
    tables, listed = table_facts(archive, day)
    gone = erased_in_tables(archive, day)
    found.add(erasures.erased_is_gone(gone), places.names_are_inside(book.paths(day)))
    found.add(of_days.tables_are_whole(tables), of_days.nothing_is_lost(listed, waiting, now))
    standing = ledger.days.standing(day)
    is_settled = standing is not None and standing.is_settled
    deferred = sum(one.outcome == "deferred" for one in waiting)
    claim = of_days.Claim(f"day {day}, which is called settled", is_settled, deferred)
    found.add(of_days.ends_are_honest([claim], waiting))


def _directory(archive: Archive, found: Examination, secrets: Sequence[str]) -> None:
    home = archive.home
    is_at_work = examination.is_at_work(home)
    found.add(_log(archive, is_at_work=is_at_work))
    found.add(places.nothing_is_left(_leftovers(archive), is_at_work=is_at_work))
    found.add(places.no_credential_is_written(examination.holding_credentials(home, secrets)))
    found.add(places.all_is_contained(examination.entries(home)))
    found.add(erasures.erased_is_gone(erased_recordings(archive)))
    times = archive.ledger.histories.hold_times()
    found.add(erasures.what_is_held_stays(times, archive.ledger.histories.erasures()))


def _log(archive: Archive, *, is_at_work: bool) -> Iterator[Violation]:
    """Judge the audit log; without a key that could prove it, that is what is wrong with it."""
    try:
        log = verify_audit(archive.home.place, archive.keeping)
    except ConfigurationError as error:
        finding = Finding(Layer.SIGNATURE, "audit log", str(error))
        return history.log_is_whole([finding], 0)
    return history.log_is_whole(log.findings, log.open_count, is_at_work=is_at_work)


def _leftovers(archive: Archive) -> list[Leftover]:
    paths = list(examination.leftovers(archive.home))
    ids = {path: layout.recording_of(plain(path)) for path in paths}
    known = archive.ledger.standings_of(sorted(filter(None, ids.values())))
    return [
        Leftover(str(path), str(known[id_].verdict.outcome) if id_ in known else None)
        for path, id_ in ids.items()
    ]


def _bounds(archive: Archive, quota_bytes: int | None) -> Iterator[Bound]:
    home = archive.home
    most = max(_MOST_WAL_BYTES, examination.ledger_bytes(home))
    step = "end what keeps the ledger open for days, then export any day"
    yield Bound("ledger.db-wal", examination.wal_bytes(home), most, "bytes", step)
    if quota_bytes is not None:
        step = "raise RECORDINGS_QUOTA_GB or move older days away"
        yield Bound("audio", home.used_bytes(), quota_bytes, "bytes", step)
