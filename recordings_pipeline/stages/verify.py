"""Does every file still have the bytes the ledger knows? Reads the archive, asks nobody.

Exports may run meanwhile. So a difference counts only if it is still there when ledger and file are
read once more.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from recordings_pipeline.core.days import Day, Span
from recordings_pipeline.core.layout import is_inside
from recordings_pipeline.core.verification import (
    RANKS,
    Cause,
    Fault,
    Look,
    Promise,
    Sample,
    Verification,
    judge,
    rank,
    rank_limit,
)
from recordings_pipeline.stages.archive import Archive
from recordings_pipeline.stages.strays import strays_of
from recordings_pipeline.stages.threads import for_each
from recordings_pipeline.storage.archive import audio_days
from recordings_pipeline.storage.file_look import FileReader
from recordings_pipeline.storage.raw_book import promise_of

# Called with files looked at and all of them, bytes hashed and all of them.
Watch = Callable[[int, int, int, int], None]
# What a thread takes at once: handing over a file of 50 kB costs as much as hashing it.
_BATCH_FILES, _BATCH_BYTES = 64, 16_000_000


@dataclass(frozen=True, slots=True)
class Lot:
    """Which recordings are hashed; existence, kind and size are looked at of every file."""

    sample: Sample = Sample()  # noqa: RUF009 (frozen)
    seed: int = 0


def unwatched(_files: int, _all_files: int, _bytes: int, _all_bytes: int) -> None:
    """Show no progress."""


def verify(
    archive: Archive,
    span: Span,
    lot: Lot = Lot(),
    *,
    watch: Watch = unwatched,
    workers: int | None = None,
) -> Iterator[tuple[Day | None, Verification]]:
    """Yield what was found day by day, and at the end what lies outside of every day.

    Nothing is written. Memory does not grow with the archive, only with what is wrong on one day.

    Args:
        archive: What to read.
        span: Which days; things outside of every day are looked for only when all are asked for.
        lot: What is hashed.
        watch: Hears how far it is.
        workers: Threads; as many as cores by default.

    Raises:
        Interrupted: A person asked to stop.
    """
    ledgers = archive.ledger.archive.days(span.first, span.last)
    days = sorted({*ledgers, *audio_days(archive.home, span.first, span.last)})
    work = _Verifier(archive, lot, watch, workers or os.cpu_count() or 1)
    work.prepare(span, ledgers)
    for day in days:
        yield day, work.verify(day)
    if span.is_all:
        yield None, strays_of(archive, None)


class _Verifier:
    """Works through the days, one after the other."""

    def __init__(self, archive: Archive, lot: Lot, watch: Watch, workers: int) -> None:
        self._archive = archive
        self._lot = lot
        self._watch = watch
        self._workers = workers
        self._reader = FileReader(archive.stop)
        self._limit = RANKS
        self._files, self._all_files, self._bytes, self._all_bytes = 0, 0, 0, 0

    def prepare(self, span: Span, days: list[Day]) -> None:
        """Learn how much there is to do, and which recordings belong to the sample."""
        book = self._archive.ledger.archive
        raws = self._archive.ledger.raws.totals(span.first, span.last)
        counts = zip(book.totals(span.first, span.last), raws, strict=True)
        self._all_files, self._all_bytes = map(sum, counts)
        if self._lot.sample.is_all:
            return

        def promises() -> Iterator[Promise]:
            return (promise for day in days for page in book.pages(day) for promise in page)

        def all_promises() -> Iterator[Promise]:
            return (one for day in days for one in promises_of(self._archive, day))

        seed, ids = self._lot.seed, _distinct(promise.recording_id for promise in promises())
        self._limit = rank_limit(self._lot.sample, (rank(id_, seed) for id_ in ids))
        self._all_bytes = sum(p.size_bytes for p in all_promises() if self._is_hashed(p))

    def verify(self, day: Day) -> Verification:
        """Compare one day's files with the ledger, both ways."""
        started, before = time.monotonic(), self._files
        found = _Findings()

        def done(batch: tuple[Promise, ...], looked: "_Looked") -> None:
            found.hashed_count += looked.hashed_count
            found.hashed_bytes += looked.hashed_bytes
            self._files += sum(1 for promise in batch if promise.path)
            self._bytes += looked.done_bytes
            for promise in looked.suspects:
                found.add(confirmed(self._archive, promise, self._seen))
            self._watch(self._files, self._all_files, self._bytes, self._all_bytes)

        for_each(
            _batches(promises_of(self._archive, day)),
            self._look,
            done,
            workers=self._workers,
            stop=self._archive.stop,
        )
        strays = strays_of(self._archive, day)
        found.counts.update(strays.counts)
        found.faults.extend(strays.faults)
        return Verification(
            file_count=self._files - before,
            hashed_count=found.hashed_count,
            hashed_bytes=found.hashed_bytes,
            seconds=time.monotonic() - started,
            counts=dict(found.counts),
            faults=tuple(found.faults),
            unjudged_count=strays.unjudged_count,
        )

    def _look(self, batch: tuple[Promise, ...]) -> "_Looked":
        """Look at some files; runs in a thread and touches no ledger."""
        looked = _Looked()
        for promise in batch:
            look = self._seen(promise)
            if look.sha256 is not None:
                looked.hashed_count += 1
                looked.hashed_bytes += look.size_bytes
            looked.done_bytes += promise.size_bytes if self._is_hashed(promise) else 0
            if judge(promise, look):
                looked.suspects.append(promise)
        return looked

    def _seen(self, promise: Promise) -> Look:
        # A path that leads outside was never ours: nothing there has that name.
        if not promise.path or not is_inside(promise.path):
            return Look()
        path = f"{self._archive.home.root}/{promise.path}"
        return self._reader.look(path, promise.size_bytes, is_hashed=self._is_hashed(promise))

    def _is_hashed(self, promise: Promise) -> bool:
        return self._limit == RANKS or rank(promise.recording_id, self._lot.seed) < self._limit


def promises_of(archive: Archive, day: Day) -> Iterator[Promise]:
    """Yield what the ledger says of a day's files: audio, and encrypted raw answers."""
    for page in archive.ledger.archive.pages(day):
        yield from page
    for sealed in archive.ledger.raws.pages(day):
        yield from map(promise_of, sealed)


def confirmed(archive: Archive, suspect: Promise, look: Callable[[Promise], Look]) -> Fault | None:
    """Return the fault if there still is one: an export may have been at the file."""
    raw = archive.ledger.raws.at(suspect.path)
    promises = archive.ledger.archive.of(suspect.recording_id)
    promises += [] if raw is None else [promise_of(raw)]
    now = next((promise for promise in promises if promise.path == suspect.path), None)
    return None if now is None else judge(now, look(now))


class _Findings:
    """What is wrong on one day."""

    def __init__(self) -> None:
        self.hashed_count, self.hashed_bytes = 0, 0
        self.counts: Counter[Cause] = Counter()
        self.faults: list[Fault] = []

    def add(self, fault: Fault | None) -> None:
        if fault is not None:
            self.counts[fault.cause] += 1
            self.faults.append(fault)


class _Looked:
    """What a thread saw of some files."""

    def __init__(self) -> None:
        self.hashed_count, self.hashed_bytes, self.done_bytes = 0, 0, 0
        self.suspects: list[Promise] = []


def _batches(promises: Iterable[Promise]) -> Iterator[tuple[Promise, ...]]:
    """Cut what there is to do into pieces that are worth handing to a thread."""
    batch: list[Promise] = []
    size = 0
    for promise in promises:
        batch.append(promise)
        size += promise.size_bytes
        if len(batch) == _BATCH_FILES or size >= _BATCH_BYTES:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)


def _distinct(ids: Iterable[str]) -> Iterator[str]:
    """Leave out what came just before: the files of one recording follow each other."""
    last = None
    for id_ in ids:
        if id_ != last:
            yield id_
        last = id_
