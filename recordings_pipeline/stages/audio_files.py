"""Fetch each recording, resume, verify; one manifest row per file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from recordings_pipeline.core import layout
from recordings_pipeline.core.completeness import (
    BY_CALLER,
    SENSITIVE,
    counts_by_outcome,
    is_due,
)
from recordings_pipeline.core.days import Day
from recordings_pipeline.core.errors import (
    IntegrityError,
    LinkExpired,
    NameTaken,
    NotFound,
    TransientError,
)
from recordings_pipeline.core.gaps import failing, untried
from recordings_pipeline.core.model import WRITTEN_MEDIA, Media, Outcome, Verdict
from recordings_pipeline.core.reports import StageReport
from recordings_pipeline.core.retries import recording_delay
from recordings_pipeline.core.schemas import AUDIO_FILES
from recordings_pipeline.core.standings import Standing
from recordings_pipeline.stages.batches import Delivery, deliveries
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.stages.preflight import require_room
from recordings_pipeline.stages.threads import for_each
from recordings_pipeline.stages.transfers import Fetched, Transfers, Wanted
from recordings_pipeline.storage.tables import write_table

STAGE = "audio_files"
# A plain thread per transfer: more than eight lose to the hand-over of the interpreter lock.
WORKERS = 8
# A URL that expired is asked for again; one that expires three times lives too short to use.
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class _Job:
    """All files of one recording."""

    standing: Standing
    media: tuple[Media, ...]


@dataclass(frozen=True, slots=True)
class _Result:
    """How a job ended.

    Attributes:
        verdict: None when a URL expired on the way.
        delay: After how long it is worth another try; None when it is final.
    """

    fetched: tuple[Fetched, ...]
    verdict: Verdict | None
    delay: timedelta | None = None


def fetch_day(export: Export, day: Day) -> StageReport:
    """Fetch what is due, give every recording an outcome, and publish the manifest.

    Raises:
        PreflightFailed: There is no space or quota for what is due; nothing has moved.
    """
    measurement = Measurement(export.client)
    _notice_removed_files(export, day)
    standings = list(export.ledger.standings(day).values())
    unknown = _Fetcher(export, day).fetch(standings)
    standings = list(export.ledger.standings(day).values())
    path = layout.table_path(STAGE, day)
    rows = list(_rows(export, day, standings))
    row_count = write_table(export.home.path(path), AUDIO_FILES, rows)
    counts = counts_by_outcome([standing.verdict for standing in standings])
    warnings = _warnings(day, counts, unknown)
    spent, lost = measurement.taken(), failing(export.ledger.days.gaps(day))
    gaps = (*lost, *untried(standings))
    return StageReport(STAGE, day, row_count, path, counts, spent, warnings, gaps)


class _Fetcher:
    """Fetches one day's recordings and tells the ledger."""

    def __init__(self, export: Export, day: Day) -> None:
        self._export = export
        self._day = day
        self._transfers = Transfers(export.home, export.stop, export.client.meter)
        self._done = 0
        self._total = 0

    def fetch(self, standings: list[Standing]) -> int:
        """Fetch what is due; return how many results the index did not know."""
        mine = self._export.processed_ids
        due = [s for s in standings if is_due(s.verdict, is_processed=s.recording_id in mine)]
        known = {standing.recording_id for standing in standings}
        self._total = len(due)
        for standing in due:
            if standing.recording_id in mine:
                self._settle(standing, BY_CALLER)
        due = [standing for standing in due if standing.recording_id not in mine]
        # What is forbidden is asked for again, and seldom comes: it must not refuse a rerun.
        coming = (standing for standing in due if not standing.verdict.outcome.is_final)
        require_room(self._export, self._day, coming)
        unknown: set[str] = set()
        for number in range(ROUNDS):
            expired: list[Standing] = []
            for delivery in deliveries(self._export, self._day, due, is_first=number == 0):
                unknown |= delivery.others - known
                self._receive(delivery, expired)
            due = expired
        for standing in due:
            self._later(
                standing, "its signed URLs expired, or were refused, before they could be used"
            )
        return len(unknown)

    def _receive(self, delivery: Delivery, expired: list[Standing]) -> None:
        jobs = []
        for standing in delivery.standings:
            media = tuple(delivery.media[standing.recording_id])
            if not media and delivery.is_completed:
                self._settle(standing, Verdict(Outcome.FORBIDDEN, SENSITIVE))
            elif not media:
                self._later(standing, "the platform did not finish the batch in time")
            elif any(item.has_error for item in media):
                self._later(standing, "the platform reported an error instead of a file")
            else:
                jobs.append(_Job(standing, media))

        def keep(job: _Job, result: _Result) -> None:
            if result.verdict is None:
                expired.append(job.standing)
            else:
                self._keep(job, result, result.verdict)

        for_each(jobs, self._work, keep, workers=WORKERS, stop=self._export.stop)

    def _work(self, job: _Job) -> _Result:
        """Fetch a recording's files; runs in a thread and touches no ledger."""
        try:
            wanted = [self._wanted(job, *numbered) for numbered in enumerate(job.media, start=1)]
            fetched = self._transfers.fetch(wanted)
        except LinkExpired:
            return _Result((), None)
        except NotFound:
            return _Result((), Verdict(Outcome.MISSING, "deleted at the source"))
        except (TransientError, NameTaken) as error:
            verdict = Verdict(Outcome.RETRY, str(error))
            return _Result((), verdict, recording_delay(error))
        except IntegrityError as error:
            return _Result((), Verdict(Outcome.QUARANTINED, str(error)))
        return _Result(fetched, Verdict(Outcome.EXPORTED))

    def _wanted(self, job: _Job, number: int, media: Media) -> Wanted:
        if media.url is None:
            raise LinkExpired
        standing = job.standing
        return Wanted(
            self._day,
            standing.conversation_id,
            standing.recording_id,
            number,
            media.url,
            is_text=standing.row["media"] in WRITTEN_MEDIA,
        )

    def _keep(self, job: _Job, result: _Result, verdict: Verdict) -> None:
        if verdict.outcome is not Outcome.EXPORTED:
            self._settle(job.standing, verdict, result.delay)
            return
        now = self._export.now()
        files = [
            {
                "recording_id": job.standing.recording_id,
                "file_number": number,
                "path": str(file.path),
                "size_bytes": file.digest.size,
                "sha256": file.digest.sha256,
                "container": file.container,
                "content_type": media.content_type,
                "is_resumed": file.is_resumed,
                "download_ms": round(file.seconds * 1000),
                "exported_time": now,
            }
            for number, (file, media) in enumerate(
                zip(result.fetched, job.media, strict=True), start=1
            )
        ]
        self._export.ledger.settle(job.standing.recording_id, verdict, now, files=files)
        for file in result.fetched:
            file.forget()
        self._advance()

    def _later(self, standing: Standing, reason: str) -> None:
        self._settle(standing, Verdict(Outcome.RETRY, reason), recording_delay(None))

    def _settle(self, standing: Standing, verdict: Verdict, delay: timedelta | None = None) -> None:
        now = self._export.now()
        retry_time = None if delay is None else now + delay
        self._export.ledger.settle(standing.recording_id, verdict, now, retry_time=retry_time)
        self._advance()

    def _advance(self) -> None:
        self._done += 1
        self._export.progress(STAGE, self._done, self._total)


def _notice_removed_files(export: Export, day: Day) -> None:
    """Make a recording due again when a file of it is not where the manifest says."""
    for recording_id, files in export.ledger.files(day).items():
        lost = [f for f in files if not export.home.path(PurePosixPath(f["path"])).exists()]
        if lost:
            verdict = Verdict(Outcome.DISCOVERED, f"its file was removed: {lost[0]['path']}")
            export.ledger.settle(recording_id, verdict, export.now())


def _rows(export: Export, day: Day, standings: list[Standing]) -> Iterator[dict[str, Any]]:
    """Yield a row per file, and one per recording without a file, ordered by recording."""
    files = export.ledger.files(day)
    for standing in standings:
        common = {
            "recording_id": standing.recording_id,
            "conversation_id": standing.conversation_id,
            "outcome": str(standing.verdict.outcome),
            "reason": standing.verdict.reason or None,
            "retry_time": standing.retry_time,
        }
        for file in files.get(standing.recording_id) or [{}]:
            yield {**common, **file}


def _warnings(day: Day, counts: dict[str, int], unknown: int) -> tuple[str, ...]:
    found = []
    if count := counts.get(str(Outcome.FORBIDDEN)):
        found.append(f"{count} recordings {SENSITIVE}")
    if count := counts.get(str(Outcome.QUARANTINED)):
        folder = layout.QUARANTINE / f"date={day}"
        found.append(f"{count} recordings arrived whole and failed verification: look in {folder}/")
    if count := counts.get(str(Outcome.RETRY)):
        found.append(f"{count} recordings could not be fetched yet: run the day again")
    if unknown:
        found.append(f"{unknown} recordings came that the index does not list: index the day again")
    return tuple(found)
