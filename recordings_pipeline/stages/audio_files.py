"""Fetch each recording, resume, verify; one manifest row per file."""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from itertools import groupby, islice

from recordings_pipeline.core import layout
from recordings_pipeline.core.completeness import BY_CALLER, SENSITIVE
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import LinkExpired, UntrustedBytes
from recordings_pipeline.core.fates import (
    delay_without_file,
    needs_second_look,
    verdict_on,
    verdict_on_second_look,
    warnings_of,
)
from recordings_pipeline.core.fetch_gaps import unknown_results, untried
from recordings_pipeline.core.gaps import failing
from recordings_pipeline.core.model import Outcome, Recording, Verdict
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.retries import UNTRUSTED_TRIES
from recordings_pipeline.core.schemas import AUDIO_FILES
from recordings_pipeline.core.standings import DueRecording, Settlement, Standing
from recordings_pipeline.stages.arrivals import Ended, Job, Wanted
from recordings_pipeline.stages.batches import Delivery, deliveries
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.file_rows import facts_of, file_rows
from recordings_pipeline.stages.leftovers import (
    clear_parts,
    notice_changed_files,
    notice_wanted_codecs,
)
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.stages.preflight import require_room
from recordings_pipeline.stages.threads import stopping_on_interrupt
from recordings_pipeline.stages.transfers import Transfers
from recordings_pipeline.storage.tables import write_table

STAGE = "audio_files"
# A URL that expired is asked for again; one that expires three times lives too short to use. So is
# what came whole and is no recording: a proxy may have spoilt it, but not twice.
ROUNDS = 3
# Recordings read from the ledger at once.
_PAGE = 500
_EXPIRED = Verdict(
    Outcome.RETRY, "its signed URLs expired, or were refused, before they could be used"
)
_UNFINISHED = Verdict(Outcome.RETRY, "the platform did not finish the batch in time")
_NO_FILE = Verdict(Outcome.RETRY, "the platform reported an error instead of a file")
_WITHHELD = Verdict(Outcome.FORBIDDEN, SENSITIVE)


def fetch_day(export: Export, day: Day) -> StageReport:
    """Fetch what is due, give every recording an outcome, and publish the manifest.

    Raises:
        PreflightFailed: There is no space or quota for what is due; nothing has moved.
    """
    measurement = Measurement(export.client)
    clear_parts(export)
    notice_changed_files(export, day)
    notice_wanted_codecs(export, day)
    unknown = unknown_results(day, _Fetcher(export, day).fetch(), export.now())
    export.ledger.days.keep_unknown_results(day, unknown)
    path = layout.table_path(STAGE, day)
    rows = export.ledger.recordings.manifest(day)
    row_count = write_table(export.home.path(path), AUDIO_FILES, rows)
    counts = export.ledger.totals.counts(day)
    retry_time = export.ledger.recordings.last_retry(day)
    warnings = warnings_of(day, counts, len(unknown), retry_time)
    spent, lost = measurement.taken(), failing(export.ledger.days.gaps(day))
    gaps = (*lost, *untried(export.ledger.recordings.untried(day)))
    return StageReport(STAGE, day, row_count, path, counts, spent, warnings, gaps)


class _Fetcher:
    """Fetches one day's recordings and tells the ledger."""

    def __init__(self, export: Export, day: Day) -> None:
        self._export = export
        self._day = day
        self._meter = export.client.meter
        self._unknown: dict[str, str] = {}
        self._again: dict[str, Verdict] = {}
        self._untrusted: Counter[str] = Counter()
        self._listed: dict[str, list[Recording]] = {}
        self._done = self._total = 0
        self._began = time.monotonic()

    def fetch(self) -> dict[str, str]:
        """Fetch what is due; return what came unknown to the index, and its conversations."""
        mine = self._export.processed_ids
        export, day = self._export, self._day
        due = export.ledger.recordings.due(day, export.now())
        self._total = len(due)
        self._skip([one.recording_id for one in due if one.recording_id in mine])
        due = [one for one in due if one.recording_id not in mine]
        if due:
            require_room(export, day, without=mine)
        for number in range(ROUNDS):
            self._fetch(due, is_first=number == 0)
            again, self._again = self._again, {}
            due = [DueRecording(id_, None) for id_ in (*again, *self._come_due(again))]
        for some in _pages(DueRecording(id_, None) for id_ in again):
            ids = [one.recording_id for one in some]
            self._settle([self._later(id_, again[id_]) for id_ in ids])
        return self._unknown

    def _come_due(self, waiting: Collection[str]) -> list[str]:
        """Return what failed hours ago in this run, or before, and is worth another try by now."""
        export = self._export
        failed = export.ledger.recordings.come_due(self._day, export.now())
        again = failed - {*waiting} - export.processed_ids
        self._total += len(again)
        return sorted(again)

    def _fetch(self, due: list[DueRecording], *, is_first: bool) -> None:
        """Fetch once; what expired or was spoilt on the way is left for another round."""
        if not due:
            return
        export = self._export
        transfers: Transfers[Settlement] = Transfers(
            export.home, export.stop, export.client.meter, export.engine
        )
        jobs = self._jobs(due, is_first=is_first)
        with closing(transfers.run(jobs)) as groups, stopping_on_interrupt(export.stop):
            for group in groups:
                self._record(group)

    def _jobs(self, due: list[DueRecording], *, is_first: bool) -> Iterator[Job | Settlement]:
        """Yield what to fetch, and what is settled without a file; runs in the feeder's thread."""
        wanted = (self._standings(some) for some in _pages(due))
        for delivery in deliveries(
            self._export, self._day, wanted, is_first=is_first, recordings_per_s=self._rate
        ):
            known = self._export.ledger.standings_of(sorted(delivery.others))
            came = delivery.others.items()
            self._unknown |= {id_: whose for id_, whose in came if id_ not in known}
            for standing in delivery.standings:
                yield self._job(standing, delivery)

    def _standings(self, due: list[DueRecording]) -> list[Standing]:
        found = self._export.ledger.standings_of([one.recording_id for one in due])
        return [found[one.recording_id] for one in due]

    def _rate(self) -> float | None:
        """Return how many recordings a second were done, once that means something."""
        seconds = time.monotonic() - self._began
        return self._done / seconds if self._done and seconds > 1 else None

    def _job(self, standing: Standing, delivery: Delivery) -> Job | Settlement:
        if delivery.refusal is not None:
            return self._without_file(standing, delivery.refusal)
        id_, media = standing.recording_id, tuple(delivery.media[standing.recording_id])
        if not media and delivery.is_completed:
            return self._without_file(standing, _WITHHELD)
        if not media:
            return self._later(id_, _UNFINISHED)
        urls = [item.url for item in media if item.url is not None and not item.has_error]
        if len(urls) < len(media):
            return self._without_file(standing, _NO_FILE)
        wanted = (
            Wanted(
                self._day,
                standing.conversation_id,
                id_,
                number,
                url,
                facts=facts_of(standing, media[number - 1]),
                good_until=delivery.good_until,
            )
            for number, url in enumerate(urls, start=1)
        )
        return Job(tuple(wanted), is_last=self._untrusted[id_] + 1 >= UNTRUSTED_TRIES)

    def _without_file(self, standing: Standing, verdict: Verdict) -> Settlement:
        """Settle what no file came of; of what was tried before, the metadata are read first."""
        if needs_second_look(standing.verdict):
            whose, media = standing.conversation_id, self._export.exported_media
            if whose not in self._listed:
                self._listed[whose] = self._export.client.recordings(whose)
            verdict = verdict_on_second_look(standing, self._listed[whose], verdict, media)
        return self._later(standing.recording_id, verdict)

    def _record(self, group: list[Ended | Settlement]) -> None:
        """Tell the ledger what ended, all in one transaction."""
        settlements = []
        for item in group:
            if isinstance(item, Settlement):
                settlements.append(item)
            elif isinstance(item.error, LinkExpired):
                self._again[item.recording_id] = _EXPIRED
            elif isinstance(item.error, UntrustedBytes) and not item.job.is_last:
                self._untrusted[item.recording_id] += 1
                self._again[item.recording_id] = Verdict(Outcome.RETRY, str(item.error))
            else:
                settlements.append(self._settlement(item))
        self._settle(settlements)

    def _settlement(self, ended: Ended) -> Settlement:
        if ended.error is None:
            for file in ended.fetched:
                self._meter.published(file.digest.size, file.sound.duration_s, file.seconds)
            files = tuple(file_rows(ended, self._export.now()))
            odd = next((f.trust.verdict for f in ended.fetched if f.trust.verdict.reason), None)
            verdict = odd or Verdict(Outcome.EXPORTED)
            return Settlement(ended.recording_id, verdict, files=files)
        verdict, delay = verdict_on(ended.error)
        retry_time = None if delay is None else self._export.now() + delay
        return Settlement(ended.recording_id, verdict, retry_time)

    def _skip(self, ids: list[str]) -> None:
        """Leave out what the caller has already."""
        for start in range(0, len(ids), _PAGE):
            self._settle([Settlement(id_, BY_CALLER) for id_ in ids[start : start + _PAGE]])

    def _later(self, recording_id: str, verdict: Verdict) -> Settlement:
        delay = delay_without_file(verdict)
        retry_time = None if delay is None else self._export.now() + delay
        return Settlement(recording_id, verdict, retry_time)

    def _settle(self, settlements: list[Settlement]) -> None:
        self._export.ledger.settle_all(settlements, self._export.now())
        self._done += len(settlements)
        self._export.reached(STAGE, self._done, self._total)


def _pages(due: Iterable[DueRecording]) -> Iterator[list[DueRecording]]:
    """Yield a few at a time; those of one earlier request are never torn apart."""
    for batch_id, group in groupby(due, key=lambda one: one.batch_id):
        waiting = iter(group)
        while page := list(waiting if batch_id else islice(waiting, _PAGE)):
            yield page
